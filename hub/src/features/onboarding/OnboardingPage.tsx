import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { signupOutcomesQuery, signupsQuery, type SignupFilters } from "../../api/queries.ts";
import type { Signup } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { useCalmRows } from "../../live/useCalmRows.ts";
import { t } from "../../messages.ts";
import { FreshPill } from "../../ui/FreshPill.tsx";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { useRowKeys } from "../../shell/row-keys.ts";
import { SearchField } from "../wabas/SearchField.tsx";
import { Funnel } from "./Funnel.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { periodOf, sinceOf } from "./period.ts";
import { SignupRow } from "./SignupRow.tsx";
import { StateBar } from "./StateBar.tsx";
import { Warnings } from "./Warnings.tsx";

const route = getRouteApi("/shell/onboarding");

/** Who was invited, how far each one is, and where clients give up. */
export function OnboardingPage() {
  const filters = route.useSearch();
  useTitle(t("onboarding.title"));
  const navigate = useNavigate();
  const period = periodOf(filters.days);
  const since = sinceOf(period);
  const outcomes = useQuery(signupOutcomesQuery(since));
  const mayInvite = useMayAct();
  const setFilters = (change: SignupFilters, replace = false): void =>
    void navigate({
      to: "/onboarding",
      search: (last) => ({ ...last, ...change }),
      replace,
      resetScroll: false,
    });
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("onboarding.title")}</h1>
        {mayInvite ? (
          <Button variant="filled" onClick={() => setFilters({ invite: "true" })}>
            <Icon name="plus" />
            {t("onboarding.invite")}
          </Button>
        ) : null}
      </div>
      <Warnings />
      {outcomes.data ? (
        outcomes.data.reached.invited > 0 ? (
          <Funnel outcomes={outcomes.data} period={period} />
        ) : null
      ) : outcomes.error ? (
        <Problem error={outcomes.error} onRetry={() => void outcomes.refetch()} />
      ) : (
        <Blocks count={1} height={190} />
      )}
      <SearchField
        value={filters.q ?? ""}
        label={t("onboarding.search_label")}
        hint={t("onboarding.search_hint")}
        onChange={(q) => setFilters({ q: q || undefined }, true)}
      />
      <StateBar filters={filters} period={period} states={outcomes.data?.states} onChange={setFilters} />
      <SignupList filters={filters} since={since} />
      {filters.invite && mayInvite ? (
        <InviteDialog onClose={() => setFilters({ invite: undefined }, true)} />
      ) : null}
    </div>
  );
}

function SignupList({ filters, since }: { filters: SignupFilters; since: string | null }) {
  const navigate = useNavigate();
  const mayInvite = useMayAct();
  const { q, state } = filters;
  const query = useInfiniteQuery(signupsQuery({ q, state }, since));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data), [query.data]);
  if (rows === undefined) {
    if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
    return <Blocks count={5} height={64} />;
  }
  if (rows.length === 0) {
    const isFiltered = Boolean(q || state || filters.days);
    return (
      <Empty
        title={isFiltered ? t("onboarding.no_match_title") : t("onboarding.empty_title")}
        detail={isFiltered ? t("onboarding.no_match_detail") : t("onboarding.empty_detail")}
      >
        {isFiltered ? (
          <Button onClick={() => void navigate({ to: "/onboarding", search: { days: "all" } })}>
            {t("onboarding.clear")}
          </Button>
        ) : mayInvite ? (
          <LinkButton to="/onboarding" search={{ invite: "true" }}>
            {t("onboarding.invite")}
          </LinkButton>
        ) : null}
      </Empty>
    );
  }
  const view = query.isPlaceholderData ? null : `${q} ${state} ${since}`;
  return (
    <section aria-labelledby="signups-title" data-stale={query.isPlaceholderData}>
      <h2 id="signups-title" className="vh">
        {t("onboarding.list")}
      </h2>
      <p className="vh" role="status">
        {t("onboarding.count", { count: rows.length, more: query.hasNextPage })}
      </p>
      <SignupRows rows={rows} view={view} />
      <MoreButton query={query}>{t("onboarding.more")}</MoreButton>
    </section>
  );
}

function SignupRows({ rows, view }: { rows: Signup[]; view: string | null }) {
  const calm = useCalmRows(rows, ({ id }) => id, view);
  useRowKeys(calm.rows.length);
  return (
    <div ref={calm.box}>
      <FreshPill calm={calm} />
      <ol className="rows" data-of="signups">
        {calm.rows.map((signup, index) => (
          <SignupRow key={signup.id} signup={signup} index={index} />
        ))}
      </ol>
    </div>
  );
}
