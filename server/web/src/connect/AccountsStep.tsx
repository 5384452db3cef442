import { Button, Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { accountNumber } from "../format/format";
import { useI18n } from "../i18n/I18n";
import { useJournals } from "../journals/useJournals";
import classes from "./Connect.module.css";
import type { OfferedAccount, Values } from "./flow";

interface AccountsStepProps {
  accounts: OfferedAccount[];
  /** The journal that asked to be connected. */
  journal: number | undefined;
  busy: boolean;
  onAnswer: (values: Values) => void;
}

/** Leaves it to the host: the journal of the same account number, else a new one. */
const byHost = "";
const anew = "new";

/** Chooses which of the bank's accounts to bring in, all of them to begin with (S61), and into which journals (S24). */
export function AccountsStep({ accounts, journal, busy, onAnswer }: AccountsStepProps) {
  const { t } = useI18n();
  const { data: journals } = useJournals();
  const [chosen, setChosen] = useState(() => accounts.map((account) => account.id));
  const [targets, setTargets] = useState<Record<string, string>>({});
  const [asked, setAsked] = useState(false);
  const free = (journals ?? []).filter((candidate) => candidate.linkId === null);
  const wished = free.find((candidate) => candidate.id === journal);
  const heir = accounts.find((account) => wished && account.currency === wished.dashboard.currency)?.id;

  function targetOf(id: string): string {
    return targets[id] ?? (id === heir && wished ? String(wished.id) : byHost);
  }

  function submit() {
    setAsked(true);
    if (chosen.length === 0) return;
    const told = chosen.map((id) => [id, targetOf(id)] as const).filter(([, target]) => target !== byHost);
    onAnswer({
      accounts: chosen.join(","),
      journals: Object.fromEntries(told.map(([id, target]) => [id, target === anew ? anew : Number(target)])),
    });
  }

  return (
    <Stack gap="md">
      <Checkbox.Group value={chosen} onChange={setChosen} label={t.connect.chooseAccounts}
        error={asked && chosen.length === 0 ? t.connect.chooseOne : undefined}>
        <Stack gap="md" mt="xs">
          {accounts.map((account) => {
            const fitting = free.filter((candidate) => candidate.dashboard.currency === account.currency);
            return (
              <div key={account.id} className={classes.account}>
                <Checkbox value={account.id} label={account.name}
                  description={[account.account_number && accountNumber(account.account_number), account.currency].filter(Boolean).join(" · ")} />
                {fitting.length > 0 && chosen.includes(account.id) && (
                  <Select size="xs" aria-label={t.connect.into(account.name)} allowDeselect={false} value={targetOf(account.id)}
                    onChange={(target) => setTargets((before) => ({ ...before, [account.id]: target ?? byHost }))}
                    data={[
                      { value: byHost, label: t.connect.byHost },
                      { value: anew, label: t.connect.newJournal },
                      ...fitting.map(({ id, name }) => ({ value: String(id), label: name })),
                    ]} />
                )}
              </div>
            );
          })}
        </Stack>
      </Checkbox.Group>
      {accounts.length === 0 && <Text>{t.connect.noAccounts}</Text>}
      <Group>
        {accounts.length > 0 && <Button loading={busy} onClick={submit}>{t.connect.go}</Button>}
        <Button variant={accounts.length > 0 ? "subtle" : "filled"} disabled={busy} onClick={() => onAnswer({ accounts: "", none: true })}>
          {t.connect.noneYet}
        </Button>
      </Group>
    </Stack>
  );
}
