import { Alert, Button, Code, CopyButton, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { FaultText } from "../app/FaultText";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { asFault } from "../rpc/fault";
import { useSession } from "../session/SessionProvider";
import classes from "./Filing.module.css";
import { commandFor, largestFile } from "./filing";
import { UnreadableFile } from "./readFile";

/** What kept a file from being imported, and what to do. */
export function Failed({ cause, onAgain, leave }: { cause: unknown; onAgain: () => void; leave: ReactNode }) {
  const { t } = useI18n();
  const refused = asFault(cause).kind === "refused";
  return (
    <>
      <Alert color="red" role="alert" title={t.filing.failed}>
        {cause instanceof UnreadableFile ? <Text size="sm">{t.filing.unreadable}</Text> : <FaultText cause={cause} />}
        {refused && <Text size="sm" mt="xs">{t.filing.refusedNext}</Text>}
      </Alert>
      <Group gap="sm">
        {!refused && <Button onClick={onAgain}>{t.faults.tryAgain}</Button>}
        {leave}
      </Group>
    </>
  );
}

/** A file that no call can carry: how large one may be, and the command that knows no such limit. */
export function TooLarge({ journal, file, leave }: { journal: Journal; file: File; leave: ReactNode }) {
  const { t, format } = useI18n();
  const { callSize, database } = useSession();
  const command = commandFor(file.name, database, journal.code);
  const most = callSize === undefined ? null : format.size(largestFile(callSize));
  return (
    <>
      <Alert color="yellow" role="alert" title={t.filing.tooLarge}>
        <Text size="sm">{t.filing.tooLargeText(format.size(file.size), most)}</Text>
        <Code block mt="sm" className={classes.command}>{command}</Code>
        <CopyButton value={command}>
          {({ copied, copy }) => <Button mt="sm" size="xs" variant="default" onClick={copy}>{copied ? t.faults.copied : t.filing.copyCommand}</Button>}
        </CopyButton>
      </Alert>
      <Group gap="sm">{leave}</Group>
    </>
  );
}
