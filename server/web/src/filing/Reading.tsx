import { Alert, Button, Group, Select, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { FaultText } from "../app/FaultText";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import classes from "./Filing.module.css";
import { ColumnFields } from "./ColumnFields";
import { Findings } from "./Findings";
import { OrderFields } from "./OrderFields";
import { isTable, merged } from "./options";
import { Refusals } from "./Refusals";
import { Rows } from "./Rows";
import { type Filing, type Stage, unnamedAccounts } from "./useFiling";

interface ReadingProps {
  journal: Journal;
  filing: Filing;
  stage: Extract<Stage, { is: "asking" }>;
  leave: ReactNode;
}

/** What a file leaves open, with its first rows as they are read. */
export function Reading({ journal, filing, stage, leave }: ReadingProps) {
  const { t } = useI18n();
  const { test, busy, fault } = stage;
  const { choices } = filing;
  const values = merged(test.read_as, choices);
  const question = test.question;
  const accounts = unnamedAccounts(test);
  const account = choices["account"] ?? null;
  const asked = t.filing.questions[question?.option as keyof typeof t.filing.questions] ?? null;
  const set = (more: Record<string, string>) => filing.choose({ ...choices, ...more });
  const ready = !question && test.rows.length > 0 && (accounts.length < 2 || account !== null);
  return (
    <Stack gap="md" aria-busy={busy}>
      {stage.misfit && <Alert color="yellow" variant="light" role="status">{t.filing.misfit}</Alert>}
      {question && (
        <Alert color="yellow" variant="light" role="status" title={asked ?? t.filing.questionTitle}>
          <Text size="sm">{question.message}</Text>
        </Alert>
      )}
      {fault !== null && <Alert color="red" role="alert" title={t.faults.title}><FaultText cause={fault} /></Alert>}
      {accounts.length > 1 && (
        <Select label={t.filing.whichAccount} data={accounts} value={account} onChange={(chosen) => chosen && set({ account: chosen })} />
      )}
      {test.format !== "" && <OrderFields values={values} choices={choices} question={question?.option} format={test.format} onChoose={set} />}
      {isTable(test.format) && <ColumnFields values={values} headings={test.headings} open={stage.misfit || !question || question.option === "columns"} onChoose={set} />}
      {!question && <Findings findings={test.findings} />}
      <div className={classes.read} data-stale={busy || undefined}>
        <Text size="sm" fw={600} mb={4}>{t.filing.firstRows}</Text>
        {test.rows.length > 0
          ? <Rows journal={journal} rows={test.rows} caption={t.filing.firstRows} />
          : <Text size="sm" className="quiet">{question ? t.filing.noRowsYet : t.filing.noRows}</Text>}
      </div>
      <Refusals refused={test.refused} />
      <Group gap="sm">
        <Button disabled={!ready || busy} onClick={filing.look}>{t.filing.goOn}</Button>
        {leave}
      </Group>
    </Stack>
  );
}
