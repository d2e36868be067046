// Parts of the viewer that most sessions never need.
export const h264 = () => import("./h264.js");
export const logins = async () => {
  const logins = await import("./logins.js");
  await logins.default();
  return logins;
};
