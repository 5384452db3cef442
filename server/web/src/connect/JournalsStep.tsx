import { Alert, Anchor, Button, Group, Loader, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { FaultText } from "../app/FaultText";
import { useClient } from "../app/services";
import { accountNumber } from "../format/format";
import { useI18n } from "../i18n/I18n";
import { journalsKey } from "../journals/journal";
import { useJournals } from "../journals/useJournals";
import { useLive } from "../live/LiveProvider";
import { accountsOf, linkAll, type OnlineAccount, type Target } from "./account";
import classes from "./Connect.module.css";

const anew = "new";

function factsOf({ account_number, currency_id }: OnlineAccount): string {
  return [account_number && accountNumber(account_number), currency_id && currency_id[1]].filter(Boolean).join(" · ");
}

/** Says into which journal each account goes, then synchronizes them for the first time (S24). */
export function JournalsStep({ link, journal }: { link: number; journal: number | undefined }) {
  const { t } = useI18n();
  const client = useClient();
  const accounts = useQuery({ queryKey: ["accounts", link], queryFn: () => accountsOf(client, link), gcTime: 0 });
  if (accounts.isError) return <Alert color="red" role="alert"><FaultText cause={accounts.error} /></Alert>;
  if (!accounts.data) return <Loader type="dots" />;
  const open = accounts.data.filter((account) => account.selected && account.journal_ids.length === 0);
  if (open.length === 0 && accounts.data.length > 0) {
    return (
      <Alert color="pine" role="status" title={t.connect.inOrder}>
        <Anchor component={Link} href="/" size="sm">{t.app.back}</Anchor>
      </Alert>
    );
  }
  return (
    <Paper withBorder className={classes.step}>
      <Stack gap="md">
        <Title order={2}>{t.connect.doneTitle}</Title>
        <Text>{open.length > 0 ? t.connect.doneText : t.connect.noAccounts}</Text>
        <Targets accounts={open} journal={journal} />
      </Stack>
    </Paper>
  );
}

function Targets({ accounts, journal }: { accounts: OnlineAccount[]; journal: number | undefined }) {
  const { t } = useI18n();
  const client = useClient();
  const queries = useQueryClient();
  const { synchronize } = useLive();
  const [, go] = useLocation();
  const { data: journals } = useJournals();
  const free = (journals ?? []).filter((candidate) => candidate.linkId === null);
  const [targets, setTargets] = useState<ReadonlyMap<number, Target>>(
    () => new Map(accounts.map((account, n) => [account.id, n === 0 && journal !== undefined ? journal : null])),
  );
  const finish = useMutation({
    mutationFn: () => linkAll(client, targets),
    async onSuccess(fed) {
      await queries.invalidateQueries({ queryKey: journalsKey });
      go("/");
      // Its failure shows on the journals' cards.
      if (fed.length > 0) await synchronize(fed).catch(() => {});
    },
  });
  return (
    <>
      {finish.isError && <Alert color="red" role="alert"><FaultText cause={finish.error} /></Alert>}
      {accounts.map((account) => (
        <Select key={account.id} label={t.connect.into(account.name)} description={factsOf(account)} allowDeselect={false}
          value={String(targets.get(account.id) ?? anew)}
          onChange={(value) => setTargets((before) => new Map(before).set(account.id, value && value !== anew ? Number(value) : null))}
          data={[{ value: anew, label: t.connect.newJournal }, ...free.map(({ id, name }) => ({ value: String(id), label: name }))]} />
      ))}
      <Group>
        <Button loading={finish.isPending} onClick={() => finish.mutate()}>{t.connect.finish}</Button>
        <Button variant="subtle" color="gray" onClick={() => go("/")}>{t.connect.later}</Button>
      </Group>
    </>
  );
}
