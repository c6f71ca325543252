import type { WabaNumber } from "../api/types.ts";
import { phoneOf } from "../api/types.ts";
import styles from "./Name.module.css";

/** A name of any script, length and direction. It does not change the direction of the text around it. */
export const Name = ({ children }: { children: string }) => (
  <bdi data-part="name" className={styles.name} dir="auto">
    {children}
  </bdi>
);

/** A phone number: never broken, and never reversed by a name beside it. */
export const Phone = ({ of }: { of: Pick<WabaNumber, "display_phone_number" | "phone_number_id"> }) => (
  <bdi className="phone" dir="ltr">
    {phoneOf(of)}
  </bdi>
);

/** The WABA's own name beside its client's, where it has one, without the part that both begin with. */
export const OwnName = ({ name, of }: { name: string; of: string }) =>
  name === of ? null : (
    <span className="muted">
      {" · "}
      <Name>{name.startsWith(`${of} `) ? name.slice(of.length + 1) : name}</Name>
    </span>
  );
