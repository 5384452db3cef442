import { Group, Pagination, Text } from "@mantine/core";
import { useI18n } from "../i18n/I18n";
import { pageSize } from "./line";

interface PagesProps {
  page: number;
  total: number;
  onPage: (page: number) => void;
}

/** Goes from page to page, the newest first. */
export function Pages({ page, total, onPage }: PagesProps) {
  const { t, format } = useI18n();
  const from = (page - 1) * pageSize + 1;
  const to = Math.min(total, page * pageSize);
  const labels: Record<string, string> = {
    first: t.lines.first, previous: t.lines.previous, next: t.lines.next, last: t.lines.last,
  };
  function turn(next: number) {
    onPage(next);
    scrollTo({ top: 0 });
  }
  return (
    <Group component="nav" justify="space-between" aria-label={t.lines.pages}>
      <Text size="sm" className="quiet figures">{t.lines.range(format.number(from), format.number(to), format.number(total))}</Text>
      <Pagination value={page} total={Math.ceil(total / pageSize)} onChange={turn} size="sm" siblings={1}
        getItemProps={(n) => ({ "aria-label": format.number(n) })}
        getControlProps={(control) => ({ "aria-label": labels[control] ?? control })} />
    </Group>
  );
}
