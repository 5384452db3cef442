import { Alert, Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { CheckIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { useOpenReviews } from "../review/useReviews";
import { Counts } from "./Counts";
import type { FileReport } from "./filing";
import { Findings } from "./Findings";
import { Refusals } from "./Refusals";

interface OutcomeProps {
  journal: Journal;
  report: FileReport;
  onClose: () => void;
  leave: ReactNode;
}

/** What the import did, and the ways on. */
export function Outcome({ journal, report, onClose, leave }: OutcomeProps) {
  const { t, format } = useI18n();
  const open = useOpenReviews()?.ofJournal.get(journal.id) ?? 0;
  const title = report.new > 0 ? t.filing.imported(report.new, format.number(report.new)) : t.sync.nothingNew;
  return (
    <>
      <Alert color="pine" variant="light" icon={<CheckIcon />} role="status" title={title}>
        <Text size="sm">{report.message || t.filing.kept}</Text>
        {open > 0 && <Text size="sm" mt={4}>{t.filing.asks(open, format.number(open))}</Text>}
      </Alert>
      <Counts report={report} />
      <Findings findings={report.findings ?? []} more={report.more_findings} done />
      <Refusals refused={report.refused} more={report.more_refused} />
      <Group gap="sm">
        <Button component={Link} href={`/journals/${journal.id}`} variant="light" onClick={onClose}>{t.filing.toLines}</Button>
        {open > 0 && <Button component={Link} href={`/review/journal/${journal.id}`} variant="light" onClick={onClose}>{t.filing.toReview}</Button>}
        {leave}
      </Group>
    </>
  );
}
