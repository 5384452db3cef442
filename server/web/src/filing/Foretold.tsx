import { Alert, Button, Checkbox, Group, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { Counts } from "./Counts";
import type { FileReport } from "./filing";
import { Findings } from "./Findings";
import { isOpen } from "./options";
import { Refusals } from "./Refusals";
import { Rows } from "./Rows";
import type { Filing } from "./useFiling";

interface ForetoldProps {
  journal: Journal;
  filing: Filing;
  report: FileReport;
  leave: ReactNode;
}

/** What an import would do, and the button that does it. */
export function Foretold({ journal, filing, report, leave }: ForetoldProps) {
  const { t, format } = useI18n();
  const chose = Object.keys(filing.choices).length > 0;
  const [remember, setRemember] = useState(true);
  const lines = report.lines ?? [];
  const all = report.new + report.known + report.repeated + report.skipped;
  const open = isOpen(report.format);
  const gain = report.new > 0 ? t.filing.importNew(report.new, format.number(report.new))
    : report.changed > 0 ? t.filing.importChanged(report.changed, format.number(report.changed)) : null;
  return (
    <>
      <Text size="sm" className="quiet">
        {[t.filing.format(report.format.toUpperCase()), report.encoding && t.filing.encoding(report.encoding.toUpperCase()), t.filing.nothingYet].filter(Boolean).join(" · ")}
      </Text>
      <Findings findings={report.findings ?? []} more={report.more_findings} />
      <Counts report={report} />
      {report.message && <Alert color="gray" variant="light" role="status">{report.message}</Alert>}
      {report.other_accounts && report.other_accounts.length > 0 && (
        <Alert color="yellow" variant="light">{t.filing.others(journal.name, report.other_accounts.join(", "))}</Alert>
      )}
      <Refusals refused={report.refused} more={report.more_refused} />
      {lines.length > 0 && (
        <div>
          <Text size="xs" className="quiet figures" mb={4}>
            {lines.length < all ? t.filing.firstOf(format.number(lines.length), format.number(all)) : t.lines.total(lines.length, format.number(lines.length))}
          </Text>
          <Rows journal={journal} rows={lines} caption={t.filing.preview} />
        </div>
      )}
      {open && chose && gain && (
        <Checkbox checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} label={t.filing.remember} description={t.filing.rememberHint} />
      )}
      <Group gap="sm">
        {gain && <Button onClick={() => filing.carryOut(open && chose && remember)}>{gain}</Button>}
        {leave}
        {open && <Button variant="subtle" color="gray" onClick={filing.adjust}>{t.filing.adjust}</Button>}
      </Group>
    </>
  );
}
