"use client";

import { useEffect, useState } from "react";
import Desktop from "./desktop";
import { ask, useSession } from "./session";

export default function RemoteCli() {
  const [id, setId] = useState();
  const [error, setError] = useState();
  const session = useSession(id, setError);

  const connect = (provider) => {
    setError();
    ask("/api/auth/session", { method: "POST", body: JSON.stringify({ provider }) })
      .then(({ id }) => setId(id))
      .catch(setError);
  };
  const end = () => {
    ask(`/api/auth/session/${id}`, { method: "DELETE" }).catch(setError);
    setId();
  };

  return (
    <main>
      <header>
        <h1>Remote CLI</h1>
        {id && <button onClick={end}>End session</button>}
      </header>
      {error && <p role="alert">{error.message}</p>}
      {!id && <Choice connect={connect} setError={setError} />}
      {session && <Details session={session} />}
      {session?.status === "creating" && <Progress since={session.since} />}
      {session?.status === "ready" && <Desktop id={id} />}
      {session?.status === "failed" && <p role="alert">The VM could not be started: {session.reason}</p>}
    </main>
  );
}

function Choice({ connect, setError }) {
  const [providers, setProviders] = useState();
  if (!providers) {
    const show = () => ask("/api/auth/providers").then(setProviders).catch(setError);
    return <button className="primary" onClick={show}>Connect Provider</button>;
  }
  return (
    <ul className="choice" aria-label="Providers">
      {providers.map(({ id, name }) => (
        <li key={id}>
          <button onClick={() => connect(id)}>{name}</button>
        </li>
      ))}
    </ul>
  );
}

function Details({ session }) {
  const rows = [
    ["VM", session.vmId],
    ["Address", session.vmIp],
    ["Provider", session.provider],
    ["Status", session.status],
  ];
  return (
    <dl>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Progress({ since }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.round((Date.now() - Date.parse(since)) / 1000)), 500);
    return () => clearInterval(timer);
  }, [since]);
  return <p role="status">The VM is starting: {seconds} s</p>;
}
