import { ActionIcon, Alert, Button, Container, Group, Menu, Text, Tooltip } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { carriesFiles } from "../filing/FileDrop";
import { useI18n } from "../i18n/I18n";
import { useBusState, useLive } from "../live/LiveProvider";
import { Notices } from "../live/Notices";
import { useOpenReviews } from "../review/useReviews";
import { useSession, useSessionControl } from "../session/SessionProvider";
import { LogOutIcon } from "./icons";
import { Logo } from "./Logo";
import { Preferences } from "./Preferences";
import classes from "./Shell.module.css";

/** The frame around every page of someone who is logged in. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const { outdated: replaced } = useLive();
  const outdated = useBusState() === "outdated" || replaced;
  const [at] = useLocation();
  const before = useRef(at);
  useEffect(() => {
    if (before.current === at) return;
    before.current = at;
    // A new page begins at its top, for the eye and for a screen reader.
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [at]);
  // A file that misses its account must not make the browser leave the page.
  useEffect(() => {
    const keep = (event: DragEvent) => {
      if (event.defaultPrevented || !carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
    };
    addEventListener("dragover", keep);
    addEventListener("drop", keep);
    return () => {
      removeEventListener("dragover", keep);
      removeEventListener("drop", keep);
    };
  }, []);
  return (
    <>
      <a href="#main" className="skip" onClick={focusMain}>{t.app.skipToContent}</a>
      <header className={classes.header}>
        <Container size="xl" className={classes.bar}>
          <Link href="/" className={classes.home}><Logo /></Link>
          <nav className={classes.nav} aria-label="girosync">
            <NavLink href="/">{t.app.accounts}</NavLink>
            <ReviewLink />
            <NavLink href="/connect">{t.app.connectBank}</NavLink>
          </nav>
          <Group gap="sm" wrap="nowrap" ml="auto">
            <LiveBadge />
            <Preferences />
            <UserMenu />
          </Group>
        </Container>
      </header>
      <main id="main" tabIndex={-1} className={classes.main}>
        <Container size="xl">
          {outdated && (
            <Alert mb="lg" role="status">
              <Group justify="space-between">
                <Text size="sm">{t.app.updated}</Text>
                <Button size="xs" onClick={() => location.reload()}>{t.app.reload}</Button>
              </Group>
            </Alert>
          )}
          <Notices />
          {children}
        </Container>
      </main>
    </>
  );
}

function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const [at] = useLocation();
  const here = href === "/" ? at === "/" || at.startsWith("/journals") : at.startsWith(href);
  return (
    <Link href={href} className={classes.link} aria-current={here ? "page" : undefined}>
      {children}
    </Link>
  );
}

/** Leads to the import's questions; with their number while some are open. */
function ReviewLink() {
  const { t, format } = useI18n();
  const open = useOpenReviews();
  if (!open) return null;
  return (
    <NavLink href="/review">
      {t.review.title}
      {open.total > 0 && (
        <span className={classes.count}>
          <span aria-hidden="true">{format.number(open.total)}</span>
          <span className="unseen"> {t.review.open(open.total, format.number(open.total))}</span>
        </span>
      )}
    </NavLink>
  );
}

function LiveBadge() {
  const { t } = useI18n();
  const state = useBusState();
  const label = { live: t.app.live, connecting: t.app.connecting, offline: t.app.offline, outdated: t.app.updated }[state];
  return (
    <Tooltip label={state === "offline" ? t.app.offlineHint : t.app.liveHint} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
      <span className={classes.live} data-state={state} role="status">
        <span className={classes.dot} aria-hidden="true" />
        <span className={classes.liveText}>{label}</span>
      </span>
    </Tooltip>
  );
}

function UserMenu() {
  const { t } = useI18n();
  const session = useSession();
  const { leave } = useSessionControl();
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="light" radius="xl" size="lg" aria-label={t.app.account(session.userName)}>
          <span className={classes.initials} data-initials={initials(session.userName)} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <Text size="sm" fw={600}>{session.userName}</Text>
          <Text size="xs" className="quiet">{[session.company.name, session.database].filter(Boolean).join(" · ")}</Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<LogOutIcon size={16} />} onClick={() => void leave()}>{t.app.logOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => word?.[0] ?? "").join("").toUpperCase();
}

function focusMain(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
