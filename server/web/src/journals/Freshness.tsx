import { Text, Tooltip } from "@mantine/core";
import { instantOf } from "../format/format";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "./journal";

/** How old the bank's data is, told apart from when we last got it (S45). */
export function Freshness({ journal }: { journal: Journal }) {
  const { t, format } = useI18n();
  const { dashboard } = journal;
  const bank = instantOf(dashboard.provider_refresh);
  const ours = instantOf(dashboard.last_success);
  const next = instantOf(dashboard.next_refresh);
  if (journal.linkId === null) {
    const hint = journal.source === "file_import" ? t.journals.byFileHint : t.journals.unlinkedHint;
    return <Text size="sm" className="quiet">{hint}</Text>;
  }
  const words = !ours ? t.journals.freshNever
    : bank ? t.journals.freshBoth(format.moment(bank), format.moment(ours))
    : t.journals.freshOurs(format.moment(ours));
  const details = [
    dashboard.last_statement ? dashboard.last_statement.name : t.journals.noStatement,
    dashboard.line_count > 0 && t.lines.total(dashboard.line_count, format.number(dashboard.line_count)),
  ].filter(Boolean);
  return (
    <div>
      <Text size="sm" className="figures">{words}</Text>
      <Text size="xs" className="quiet figures">{details.join(" · ")}</Text>
      {(next || dashboard.pending_count > 0) && (
        <Text size="xs" className="quiet figures">
          {next && t.journals.next(format.relative(next))}
          {next && dashboard.pending_count > 0 && " · "}
          {dashboard.pending_count > 0 && (
            <Tooltip label={t.journals.pendingHint} multiline maw={260}><span>{t.journals.pending(dashboard.pending_count)}</span></Tooltip>
          )}
        </Text>
      )}
    </div>
  );
}
