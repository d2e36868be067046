// Parts of the viewer that most sessions never need.
export const h264 = () => import("./h264.js");
