import { Badge, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { memo } from "react";
import { AlertIcon, CheckIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { useLive } from "../live/LiveProvider";
import { type Group, groupByStatement, type Line, type Statement } from "./line";
import classes from "./LinesTable.module.css";

interface LinesTableProps {
  journal: Journal;
  lines: readonly Line[];
  /** Undefined while loading; the groups then have their names only. */
  statements: ReadonlyMap<number, Statement> | undefined;
  caption: string;
}

/** Lines under the statements that hold them, newest first. */
export function LinesTable({ journal, lines, statements, caption }: LinesTableProps) {
  const { t } = useI18n();
  const { fresh } = useLive();
  const { currency, digits } = journal.dashboard;
  const narrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  return (
    <table className={`${classes.table} figures`}>
      <caption className="unseen">{caption}</caption>
      <colgroup>
        {!narrow && <col className={classes.dateColumn} />}
        <col />
        {!narrow && <col className={classes.partnerColumn} />}
        <col className={classes.amountColumn} />
        {!narrow && <col className={classes.amountColumn} />}
      </colgroup>
      <thead>
        <tr>
          {!narrow && <th scope="col" className={classes.date}>{t.lines.date}</th>}
          <th scope="col">{t.lines.label}</th>
          {!narrow && <th scope="col" className={classes.partner}>{t.lines.partner}</th>}
          <th scope="col" className={classes.amount}>{t.lines.amount}</th>
          {!narrow && <th scope="col" className={classes.running}>{t.lines.balance}</th>}
        </tr>
      </thead>
      {groupByStatement(lines).map((group) => (
        <tbody key={`${group.statement}-${group.lines[0]?.id}`}>
          <StatementRow group={group} statement={group.statement === null ? undefined : statements?.get(group.statement)}
            columns={narrow ? 2 : 5} currency={currency} digits={digits} />
          {group.lines.map((line) => (
            <LineRow key={line.id} line={line} narrow={narrow} fresh={fresh.has(line.id)} currency={currency} digits={digits} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

interface StatementRowProps {
  group: Group;
  statement: Statement | undefined;
  columns: number;
  currency: string;
  digits: number;
}

function StatementRow({ group, statement, columns, currency, digits }: StatementRowProps) {
  const { t, format } = useI18n();
  const wrong = statement && (!statement.is_complete || !statement.is_valid);
  return (
    <tr className={classes.statement}>
      <th scope="rowgroup" colSpan={columns}>
        <div>
          <span className={classes.statementName}>
            {group.name ?? t.lines.noStatement}
            {wrong && (
              <Tooltip label={statement.problem_description || t.lines.incomplete} multiline maw={300}>
                <span className={classes.wrong}><AlertIcon size={14} /> {t.lines.incomplete}</span>
              </Tooltip>
            )}
          </span>
          {statement && (
            <span className={classes.balances}>
              <span>{t.lines.opening(format.money(statement.balance_start, currency, digits))}</span>
              <span>{t.lines.closing(format.money(statement.balance_end_real, currency, digits))}</span>
            </span>
          )}
        </div>
      </th>
    </tr>
  );
}

interface LineRowProps {
  line: Line;
  /** Date and balance stand below label and amount rather than in columns of their own. */
  narrow: boolean;
  fresh: boolean;
  currency: string;
  digits: number;
}

const LineRow = memo(function LineRow({ line, narrow, fresh, currency, digits }: LineRowProps) {
  const { t, format } = useI18n();
  const partner = line.partner_name || (line.partner_id ? line.partner_id[1] : "");
  const label = (line.payment_ref || "").replace(/\s+/g, " ") || partner || "—";
  const date = <time dateTime={line.date}>{format.date(line.date)}</time>;
  const balance = format.money(line.running_balance, currency, digits);
  return (
    <tr data-fresh={fresh || undefined} data-line={line.id}>
      {!narrow && <td className={classes.date}>{date}</td>}
      <td className={classes.label}>
        <span className={classes.labelText} title={line.payment_ref || undefined}>{label}</span>
        {line.is_reconciled && (
          <span className={classes.reconciled} title={t.lines.reconciled}>
            <CheckIcon size={14} /><span className="unseen">{t.lines.reconciled}</span>
          </span>
        )}
        {fresh && <Badge size="xs" variant="light" ml={8} className={classes.new}>{t.lines.new}</Badge>}
        {narrow && <span className={classes.below}>{partner && `${partner} · `}{date}</span>}
      </td>
      {!narrow && <td className={classes.partner}>{partner}</td>}
      <td className={classes.amount} data-in={line.amount > 0 || undefined}>
        {format.money(line.amount, currency, digits)}
        {narrow && <span className={classes.below}>{balance}</span>}
      </td>
      {!narrow && <td className={classes.running}>{balance}</td>}
    </tr>
  );
});
