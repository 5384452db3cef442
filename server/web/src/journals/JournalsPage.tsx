import { Alert, Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { FaultText } from "../app/FaultText";
import { BankIcon, PlusIcon } from "../app/icons";
import { usePageTitle } from "../app/usePageTitle";
import { useI18n } from "../i18n/I18n";
import { JournalCard } from "./JournalCard";
import type { Journal } from "./journal";
import classes from "./JournalsPage.module.css";
import { SyncButton } from "./SyncButton";
import { useJournals } from "./useJournals";

/** Every bank account on a card. */
export function JournalsPage() {
  const { t } = useI18n();
  const { data: journals, isPending, isError, error, refetch } = useJournals();
  usePageTitle(t.journals.title);
  const connected = journals?.filter((journal) => journal.linkId !== null) ?? [];
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="end">
        <div>
          <Title order={1}>{t.journals.title}</Title>
          {journals && journals.length > 0 && <Totals journals={journals} />}
        </div>
        <Group gap="sm">
          {journals?.length !== 0 && (
            <Button component={Link} href="/connect" variant="default" leftSection={<PlusIcon size={16} />}>
              {t.app.connectBank}
            </Button>
          )}
          {connected.length > 1 && <SyncButton journals={connected} variant="filled" />}
        </Group>
      </Group>
      {isPending && <Loading />}
      {isError && (
        <Alert color="red" title={t.faults.title} role="alert">
          <FaultText cause={error} />
          <Button mt="sm" size="xs" variant="default" onClick={() => void refetch()}>{t.faults.tryAgain}</Button>
        </Alert>
      )}
      {journals?.length === 0 && <Empty />}
      {journals && journals.length > 0 && (
        <ul className={classes.cards}>
          {journals.map((journal) => <li key={journal.id}><JournalCard journal={journal} /></li>)}
        </ul>
      )}
    </Stack>
  );
}

/** What there is in all, per currency. */
function Totals({ journals }: { journals: Journal[] }) {
  const { t, format } = useI18n();
  const sums = new Map<string, { sum: number; digits: number }>();
  for (const { dashboard } of journals) {
    const before = sums.get(dashboard.currency)?.sum ?? 0;
    sums.set(dashboard.currency, { sum: before + dashboard.balance, digits: dashboard.digits });
  }
  const parts = [...sums].map(([currency, { sum, digits }]) => format.money(sum, currency, digits));
  return (
    <Text className="quiet figures" mt={4}>
      {[t.journals.count(journals.length), ...parts].map((part, n) => (
        <span key={part} className={classes.total}>{part}{n < parts.length && " · "}</span>
      ))}
    </Text>
  );
}

function Loading() {
  const { t } = useI18n();
  return (
    <div className={classes.cards} aria-busy="true" role="status" aria-label={t.journals.loading}>
      {[0, 1, 2].map((n) => (
        <Paper key={n} withBorder radius="lg" p="lg">
          <Group wrap="nowrap"><Skeleton height={40} width={40} radius="md" /><Skeleton height={14} width="45%" /></Group>
          <Skeleton height={30} width="60%" mt="xl" />
          <Skeleton height={10} width="80%" mt="lg" />
          <Skeleton height={10} width="55%" mt="xs" />
          <Skeleton height={36} width="45%" mt="xl" radius="md" />
        </Paper>
      ))}
    </div>
  );
}

function Empty() {
  const { t } = useI18n();
  return (
    <Stack align="center" gap="sm" className={classes.empty}>
      <BankIcon size={40} />
      <Title order={2}>{t.journals.emptyTitle}</Title>
      <Text className="quiet" ta="center" maw={440}>{t.journals.emptyText}</Text>
      <Button component={Link} href="/connect" mt="sm">{t.app.connectBank}</Button>
    </Stack>
  );
}
