import { Alert, Stack } from "@mantine/core";
import { useI18n } from "../i18n/I18n";
import { useLive } from "./LiveProvider";
import type { Notice } from "./notice";

const colours: Record<Notice["type"], string> = { info: "blue", success: "green", warning: "yellow", danger: "red" };

/** What the host told this person while the page was open. */
export function Notices() {
  const { t } = useI18n();
  const { notices, dismiss } = useLive();
  if (notices.length === 0) return null;
  return (
    <Stack gap="sm" mb="lg">
      {notices.map((notice) => (
        <Alert
          key={`${notice.title}\n${notice.message}`}
          role={notice.type === "danger" || notice.type === "warning" ? "alert" : "status"}
          color={colours[notice.type]}
          title={notice.title || undefined}
          withCloseButton
          closeButtonLabel={t.app.closeNotice}
          onClose={() => dismiss(notice)}
        >
          {notice.message}
        </Alert>
      ))}
    </Stack>
  );
}
