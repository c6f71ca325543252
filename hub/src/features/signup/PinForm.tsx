import { useMutation, useQueryClient } from "@tanstack/react-query";
import { recordSignupEvent } from "../../api/generated/sdk.gen.ts";
import { signupQuery } from "../../api/queries.ts";
import type { Signup, SignupStep } from "../../api/types.ts";
import { PinField } from "./PinField.tsx";

/** The client's own PIN of a number that waits for it. */
export function PinForm({ signup, number }: { signup: Signup; number: SignupStep["pins_wanted"][number] }) {
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: async (pin: string) => {
      const body = { type: "pin", phone_number_id: number.phone_number_id, pin } as const;
      return (await recordSignupEvent({ path: { id: signup.id }, body })).data;
    },
    onSuccess: (fresh) => queries.setQueryData(signupQuery(signup.id).queryKey, fresh),
  });
  return (
    <PinField
      number={number.display_phone_number ?? number.phone_number_id}
      isSending={send.isPending}
      error={send.error}
      onSend={send.mutate}
    />
  );
}
