import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../../api/client.ts";
import type { Waba } from "../../api/types.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { texts } from "../../texts.ts";
import { useCopied } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Problem } from "../../ui/Problem.tsx";

/** The client's way back, to paste into a chat or a mail. The live link is at hand; where none is, the API makes one. */
export function ReshareButton({ waba }: { waba: Waba }) {
  const [copied, copy] = useCopied();
  const open = useMutation({
    mutationFn: () => api.post<{ url: string }>(`/wabas/${encodeURIComponent(waba.id)}/reshare-links`),
    onSuccess: ({ url }) => copy(url),
  });
  // A client that asked for a link has its answer once somebody takes it: then the API is asked for it.
  const known = waba.client_signals.word === "asked_fresh" ? null : waba.reshare_url;
  const act = (): void => (known ? copy(known) : open.mutate());
  useKeys(useMemo(() => ({ l: act }), [known, waba.id]));
  return (
    <>
      <button type="button" className="button button-reshare" aria-keyshortcuts="l" onClick={act}>
        <Icon name={copied ? "check" : "copy"} />
        {copied ? texts.copied : texts.waba.reshare}
      </button>
      {open.error ? <Problem error={open.error} /> : null}
    </>
  );
}
