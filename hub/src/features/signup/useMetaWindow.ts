import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { openSignup, type OpenedSignup } from "../../../signup/launch.ts";
import { loadSdk, type SdkState } from "../../../signup/load-sdk.ts";
import { signupQuery } from "../../api/queries.ts";
import type { AnsweredFlow, Signup } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { admitsSdk } from "./admits-sdk.ts";
import { sendEventTo } from "./send-event.ts";

export interface MetaWindow {
  sdk: SdkState;
  isOpen: boolean;
  /** Why the window failed, as a sentence. */
  failure: string | null;
  /** In the click itself: a browser blocks a window that opens later. */
  open(): void;
  focus(): void;
}

/**
 * Meta's dialog for one signup. It outlives the page that opened it: its signup events
 * are sent from any page of the Hub.
 *
 * @param flow what the client answered, where the answer is the client's
 */
export function useMetaWindow(
  { id, launch }: Pick<Signup, "id" | "launch">,
  flow: AnsweredFlow | null,
): MetaWindow {
  const queries = useQueryClient();
  const [sdk, setSdk] = useState<SdkState>("loading");
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const opened = useRef<OpenedSignup | null>(null);
  const known = useRef(launch);
  known.current = launch;
  const load = (): void => {
    if (known.current) void loadSdk(known.current).then(setSdk);
  };
  // By its address: the rest of the launch data is a new object with every answer.
  useEffect(() => {
    if (launch && !admitsSdk) window.location.reload();
    else load();
  }, [launch?.sdk_url]);

  const open = (): void => {
    if (launch === null) return;
    opened.current?.leave();
    setFailure(null);
    opened.current = openSignup<Signup>({
      page: window,
      launch,
      post: sendEventTo(id, flow),
      onNews(news) {
        if (news.kind === "answered") queries.setQueryData(signupQuery(id).queryKey, news.answer);
        if (news.kind === "failed") setFailure(news.refusal?.message ?? t("onboarding.run.failed_detail"));
        if (news.kind !== "answered") setOpen(news.kind === "opened");
      },
    });
    if (sdk === "blocked") load();
  };
  return { sdk, isOpen, failure, open, focus: () => opened.current?.focus() };
}
