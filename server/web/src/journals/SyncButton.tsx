import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { SyncIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import { useLive } from "../live/LiveProvider";
import type { Journal } from "./journal";

interface SyncButtonProps {
  /** One journal, or all that a press shall synchronize. */
  journals: readonly Journal[];
  variant?: "filled" | "light" | "default";
  /** Told when the press itself fails; runs that fail later tell it on their journal. */
  onFault?: (cause: unknown) => void;
}

/** **Synchronize Now**. */
export function SyncButton({ journals, variant = "light", onFault }: SyncButtonProps) {
  const { t } = useI18n();
  const { runs, synchronize } = useLive();
  const busy = useSyncExternalStore(runs.subscribe, () =>
    journals.every(({ id }) => runs.activity(id).is === "running"),
  );
  const press = useMutation({
    mutationFn: () => synchronize(journals.map(({ id }) => id)),
    onMutate: () => onFault?.(null),
    onError: (cause) => onFault?.(cause),
  });
  const only = journals.length === 1 ? journals[0] : undefined;
  return (
    <Button variant={variant} leftSection={<SyncIcon size={16} />} disabled={busy || journals.length === 0}
      onClick={() => press.mutate()} aria-label={only ? t.sync.nowOf(only.name) : undefined}>
      {only ? t.sync.now : t.sync.all}
    </Button>
  );
}
