import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useClient } from "../app/services";
import { journalsKey } from "../journals/journal";
import { linesKey } from "../lines/line";
import { asFault } from "../rpc/fault";
import { answerReview, openReviews, type ReviewPage, reviewPage, reviewsKey } from "./review";

/** How many questions are open; nothing while it is not known, or for who may not see them. Kept fresh by the bus. */
export function useOpenReviews() {
  const client = useClient();
  return useQuery({
    queryKey: [...reviewsKey, "open"],
    queryFn: () => openReviews(client),
    retry: (failures, cause) => asFault(cause).kind === "offline" && failures < 5,
  }).data;
}

/** A page of open questions. */
export function useReviewPage(journal: number | undefined, page: number) {
  const client = useClient();
  return useQuery({
    queryKey: [...reviewsKey, "page", journal ?? null, page],
    queryFn: () => reviewPage(client, journal, page),
    placeholderData: keepPreviousData,
  });
}

/** Answers one question. It goes at once; what the answer changed is read again. */
export function useAnswer(review: number, onAnswered: () => void) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (yes: boolean) => answerReview(client, review, yes),
    onSuccess: () => {
      onAnswered();
      queries.setQueriesData<ReviewPage>({ queryKey: [...reviewsKey, "page"] }, (page) =>
        page && { ...page, reviews: page.reviews.filter(({ id }) => id !== review) });
      for (const queryKey of [reviewsKey, linesKey, journalsKey]) void queries.invalidateQueries({ queryKey });
    },
  });
}
