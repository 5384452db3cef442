import { useEffect } from "react";

/** Names the browser's tab after the page. */
export function usePageTitle(name: string | undefined): void {
  useEffect(() => {
    document.title = name ? `${name} · girosync` : "girosync";
    return () => {
      document.title = "girosync";
    };
  }, [name]);
}
