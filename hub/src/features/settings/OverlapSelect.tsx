import { NativeSelect } from "@mantine/core";
import { t } from "../../messages.ts";

const HOUR_S = 3600;
/** In seconds. */
export const OVERLAPS = { now: 0, hour: HOUR_S, day: 24 * HOUR_S, week: 7 * 24 * HOUR_S };
export type Overlap = keyof typeof OVERLAPS;

const isOverlap = (name: string): name is Overlap => Object.hasOwn(OVERLAPS, name);

/** When that ends which is replaced by a rotation. */
export function OverlapSelect(props: {
  label: string;
  value: Overlap;
  onChange: (overlap: Overlap) => void;
}) {
  return (
    <NativeSelect
      label={props.label}
      data={Object.keys(OVERLAPS)
        .filter(isOverlap)
        .map((value) => ({ value, label: t(`settings.api_keys.overlaps.${value}`) }))}
      value={props.value}
      onChange={({ currentTarget: { value } }) => isOverlap(value) && props.onChange(value)}
    />
  );
}
