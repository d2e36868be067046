import { useEffect, useState } from "react";

const EVERY = 1000;

/** Asks for JSON. What is answered instead of it is the error's message. */
export async function ask(address, options) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(address, { ...options, headers });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.error ?? `${address} answered ${answer.status}`);
  return json;
}

/** The session as it is by now: it is asked for until it is ready or over. */
export function useSession(id, setError) {
  const [session, setSession] = useState();
  useEffect(() => {
    setSession();
    if (!id) return;
    let timer;
    const look = async () => {
      const found = await ask(`/api/auth/session/${id}`);
      if (timer === null) return;
      setSession(found);
      if (found.status === "creating") timer = setTimeout(() => look().catch(setError), EVERY);
    };
    look().catch(setError);
    return () => {
      clearTimeout(timer);
      timer = null;
    };
  }, [id, setError]);
  return session;
}
