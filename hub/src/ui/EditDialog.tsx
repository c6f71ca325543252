import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState, type ReactNode } from "react";
import type { Versioned } from "../api/versioned.ts";
import { Loaded } from "./Loaded.tsx";
import { Blocks } from "./Skeleton.tsx";

interface Props<T> {
  title: string;
  size?: "md" | "lg";
  /** Reads what is edited with its version. */
  read: () => Promise<Versioned<T>>;
  onClose: () => void;
  /** The form. It keeps the version that it began with; `reload` begins it anew. */
  children: (edited: Versioned<T>, reload: () => void) => ReactNode;
}

/** Edits one thing from its newest version, so that nobody overwrites a colleague's change unseen. */
export function EditDialog<T>({ title, size = "md", read, onClose, children }: Props<T>) {
  const [round, setRound] = useState(0);
  const id = useId();
  // Each round is read once: what the form began from must not change under it.
  const query = useQuery({
    queryKey: ["edited", id, round],
    queryFn: read,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return (
    <Modal opened onClose={onClose} title={title} size={size}>
      <Loaded query={query} skeleton={<Blocks count={4} height={44} />}>
        {(edited) => <div key={round}>{children(edited, () => setRound(round + 1))}</div>}
      </Loaded>
    </Modal>
  );
}
