import { CopyButton, Text, UnstyledButton } from "@mantine/core";
import { useI18n } from "../i18n/I18n";
import type { Messages } from "../i18n/en";
import { asFault, type Fault } from "../rpc/fault";

/** What happened and what to do, in words; the reference when there is one. */
export function FaultText({ cause }: { cause: unknown }) {
  const { t } = useI18n();
  const fault = asFault(cause);
  return (
    <>
      <Text size="sm">{wordsFor(fault, t)}</Text>
      {fault.reference && <Reference reference={fault.reference} />}
    </>
  );
}

/** An error reference that a click copies. */
export function Reference({ reference }: { reference: string }) {
  const { t } = useI18n();
  return (
    <CopyButton value={reference}>
      {({ copied, copy }) => (
        <UnstyledButton onClick={copy} fz="xs" className="reference" title={t.faults.copy}>
          {copied ? t.faults.copied : t.faults.reference(reference)}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}

function wordsFor(fault: Fault, t: Messages): string {
  switch (fault.kind) {
    case "offline":
      return t.faults.offline;
    case "too_large":
      return t.faults.tooLarge;
    case "missing":
      return t.faults.missing;
    case "internal":
      return t.faults.internal;
    case "forbidden":
      return t.faults.forbidden;
    default:
      return fault.message;
  }
}
