import { Button, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { useActivity } from "../live/LiveProvider";
import { Failed, TooLarge } from "./Failed";
import classes from "./Filing.module.css";
import { Foretold } from "./Foretold";
import { Outcome } from "./Outcome";
import { Reading } from "./Reading";
import { type Stage, useFiling } from "./useFiling";

interface OneFileProps {
  journal: Journal;
  file: File;
  /** Which of several it is. */
  place: { at: number; of: number } | undefined;
  /** The name of the file after it. */
  next: string | undefined;
  onNext: () => void;
  onClose: () => void;
  /** Told whether something is being written. */
  onBusy: (busy: boolean) => void;
}

/** One file from its reading to its import. */
export function OneFile({ journal, file, place, next, onNext, onClose, onBusy }: OneFileProps) {
  const { t } = useI18n();
  const filing = useFiling(journal, file);
  const { stage } = filing;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => onBusy(stage.is === "importing"), [onBusy, stage.is]);
  // What the focus was on goes with its stage.
  useEffect(() => heading.current?.focus(), [stage.is]);

  const leave: ReactNode = next === undefined
    ? <Button variant="default" onClick={onClose}>{stage.is === "done" ? t.filing.close : t.filing.cancel}</Button>
    : <Button variant={stage.is === "done" ? "filled" : "default"} onClick={onNext}>{stage.is === "done" ? t.filing.next(next) : t.filing.skip(next)}</Button>;

  return (
    <Stack gap="md" data-stage={stage.is}>
      <div>
        {place && <Text size="xs" className="quiet figures">{t.filing.place(place.at, place.of)}</Text>}
        <Title order={3} size="h4" ref={heading} tabIndex={-1} className={classes.name}>{file.name}</Title>
      </div>
      {(stage.is === "reading" || stage.is === "sending" || stage.is === "importing") && <Waiting journal={journal} stage={stage} />}
      {stage.is === "asking" && <Reading journal={journal} filing={filing} stage={stage} leave={leave} />}
      {stage.is === "foretold" && <Foretold journal={journal} filing={filing} report={stage.report} leave={leave} />}
      {stage.is === "done" && <Outcome journal={journal} report={stage.report} onClose={onClose} leave={leave} />}
      {stage.is === "tooLarge" && <TooLarge journal={journal} file={file} leave={leave} />}
      {stage.is === "failed" && <Failed cause={stage.cause} onAgain={filing.look} leave={leave} />}
    </Stack>
  );
}

/** How far the reading, the sending or the import is. */
function Waiting({ journal, stage }: { journal: Journal; stage: Extract<Stage, { share: number | null }> }) {
  const { t, format } = useI18n();
  const activity = useActivity(journal.id);
  const run = stage.is === "importing" && activity.is === "running" ? activity : null;
  const percent = run?.of ? run.percent : stage.share === null ? null : stage.share * 100;
  const words = run?.of ? t.filing.importingOf(format.number(run.fetched), format.number(run.of))
    : stage.is === "reading" ? t.filing.reading
    : stage.is === "importing" ? t.filing.importing
    : stage.share === null ? t.filing.looking
    : t.filing.sending;
  return (
    <div className={classes.waiting}>
      <Group justify="space-between" mb={6} role="status">
        <Text size="sm">{words}</Text>
        {percent !== null && <Text size="sm" className="quiet figures">{format.percent(percent)}</Text>}
      </Group>
      <Progress.Root size="sm" transitionDuration={200}>
        <Progress.Section value={percent ?? 100} animated={percent === null} striped={percent === null} aria-label={words} />
      </Progress.Root>
    </div>
  );
}
