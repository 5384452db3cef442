import { Button, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { FaultText, Reference } from "../app/FaultText";
import { AlertIcon } from "../app/icons";
import { useClient } from "../app/services";
import { renew } from "../connect/flow";
import { useI18n } from "../i18n/I18n";
import type { Attention, Journal } from "./journal";
import classes from "./JournalCard.module.css";

/** A connection may also be disconnected without any trouble. */
type Need = Attention | "disconnected";

type Remedy = "updateCredentials" | "reconnect" | "enterCode" | "connectAnew";

/** What a person can do about it here; the others wait or need someone else. */
const remedies: Partial<Record<Need, Remedy>> = {
  mfa: "enterCode",
  credentials: "updateCredentials",
  consent_expiring: "reconnect",
  consent_expired: "reconnect",
  disconnected_by_support: "reconnect",
  disconnected: "reconnect",
  legacy: "connectAnew",
};

const waiting: ReadonlySet<Need> = new Set(["rate_limited", "bank_unavailable", "auto_sync_not_allowed", "consent_expiring"]);

/** Why the connection needs someone, and the one thing to do next. */
export function AttentionNote({ journal }: { journal: Journal }) {
  const { t } = useI18n();
  const { dashboard } = journal;
  const need: Need | null = journal.attention ?? (journal.linkState === "disconnected" ? "disconnected" : null);
  if (!need) return null;
  const words = t.attention[need] ?? t.attention.unknown;
  return (
    <div className={classes.note} data-tone={waiting.has(need) ? "warn" : "bad"} data-attention={need}>
      <AlertIcon />
      <div className={classes.noteText}>
        <strong>{words.title}.</strong> {words.next}
        {dashboard.error_message && <Text size="xs" mt={4}>{dashboard.error_message}</Text>}
        {dashboard.error_reference && <Reference reference={dashboard.error_reference} />}
        {remedies[need] && journal.linkId !== null && <RemedyButton remedy={remedies[need]} link={journal.linkId} journal={journal.id} />}
      </div>
    </div>
  );
}

function RemedyButton({ remedy, link, journal }: { remedy: Remedy; link: number; journal: number }) {
  const { t } = useI18n();
  const client = useClient();
  const [, go] = useLocation();
  const kind = remedy === "updateCredentials" ? "update" : remedy === "enterCode" ? "mfa" : "reconnect";
  const begin = useMutation({
    mutationFn: () => renew(client, link, kind),
    onSuccess: (flow) => go(`/connect/renew/${flow.flow_id}`),
  });
  const act = remedy === "connectAnew" ? () => go(`/connect/journal/${journal}`) : () => begin.mutate();
  return (
    <>
      <Button size="xs" variant="default" mt="xs" loading={begin.isPending} onClick={act}>{t.attention[remedy]}</Button>
      {begin.isError && <FaultText cause={begin.error} />}
    </>
  );
}
