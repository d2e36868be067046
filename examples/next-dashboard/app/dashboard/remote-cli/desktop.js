import { useEffect, useRef, useState } from "react";

/** The viewer. Its page is the gateway's, at an address of this app's own; see docs/EMBEDDING.md for what it says. */
export default function Desktop({ id }) {
  const frame = useRef(null);
  const [state, setState] = useState("connecting");
  useEffect(() => {
    const hear = ({ source, origin, data }) => {
      if (source !== frame.current?.contentWindow || origin !== location.origin) return;
      const { porthole, detail } = data;
      if (porthole === "connecting") setState("connecting");
      if (porthole === "connected") setState(`connected, ${detail.width} × ${detail.height}`);
      if (porthole === "resize") setState(`connected, ${detail.width} × ${detail.height}`);
      if (porthole === "disconnected") setState(`disconnected (${detail.hop}): ${detail.reason}`);
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, []);
  return (
    <figure>
      <iframe
        ref={frame}
        src={`/api/auth/session/${id}/novnc`}
        title="Remote desktop"
        allow="clipboard-read; clipboard-write; fullscreen"
      />
      <figcaption>
        <span role="status">Desktop: {state}</span>
      </figcaption>
    </figure>
  );
}
