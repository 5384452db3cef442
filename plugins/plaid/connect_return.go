package plaid

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// visited is what became of one visit to Plaid's page.
type visited struct {
	Finished string `json:"finished_at"`
	Results  struct {
		Items []found `json:"item_add_results"`
	} `json:"results"`
	// Success is what older accounts at Plaid are told in place of Results.
	Success struct {
		Public   string `json:"public_token"`
		Metadata struct {
			Institution bankOf `json:"institution"`
		} `json:"metadata"`
	} `json:"on_success"`
	Exit struct {
		Error words `json:"error"`
	} `json:"exit"`
}

// found is an item that a user connected on the page.
type found struct {
	Public      string `json:"public_token"`
	Institution bankOf `json:"institution"`
}

// bankOf is the bank of an item, as the page tells it.
type bankOf struct {
	ID   string `json:"institution_id"`
	Name string `json:"name"`
}

// visits asks what became of the visits by a link token, the oldest first. The
// page may be opened more than once.
func (s *session) visits(ctx context.Context, link string) ([]visited, error) {
	var told struct {
		Sessions []visited `json:"link_sessions"`
	}
	_, err := s.read(ctx, "link/token/get", map[string]string{"link_token": link}, &told)
	slices.SortStableFunc(told.Sessions, func(a, b visited) int { return instant(a.Finished).Compare(instant(b.Finished)) })
	return told.Sessions, err
}

// exit is the error at which the last of some visits ended; empty for none.
func exit(visits []visited) words {
	if len(visits) == 0 {
		return words{}
	}
	return visits[len(visits)-1].Exit.Error
}

// items are those of some visits, each once. The one to take is the last: of the
// bank that was asked for, if there is one.
func items(visits []visited, bank string) (list []found) {
	for _, v := range visits {
		for _, one := range append(v.Results.Items, found{v.Success.Public, v.Success.Metadata.Institution}) {
			if one.Public != "" && !slices.ContainsFunc(list, func(f found) bool { return f.Public == one.Public }) {
				list = append(list, one)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b found) int {
		switch asked := a.Institution.ID == bank; {
		case asked == (b.Institution.ID == bank):
			return 0
		case asked:
			return 1
		}
		return -1
	})
	return list
}

// returned takes what the user connected on Plaid's page. The token is handed to
// the host as soon as it is there, and what was exchanged once is not exchanged
// again: Plaid gives it only once.
func (f flow) returned(ctx context.Context, s *session) (sdk.ConnectAnswer, error) {
	notes := []string{}
	if kept, err := secretFrom(s.call); err == nil && kept.Link == fingerprint(f.Link) {
		f.Secret = kept
	} else {
		visits, err := s.visits(ctx, f.Link)
		if err != nil {
			return sdk.ConnectAnswer{}, err
		}
		list := items(visits, f.ID)
		if len(list) == 0 {
			return sdk.ConnectAnswer{}, leave(s.call.Language, textLeft, exit(visits))
		}
		taken, others := list[len(list)-1], list[:len(list)-1]
		if err := f.exchange(ctx, s, taken); err != nil {
			return sdk.ConnectAnswer{}, err
		}
		if id := taken.Institution.ID; id != "" && id != f.ID {
			notes = append(notes, sayf(s.call.Language, textOtherBank, tidy(or(taken.Institution.Name, id))))
		}
		if names := s.drop(ctx, others); len(names) > 0 {
			notes = append(notes, sayf(s.call.Language, textFurtherBanks, strings.Join(names, ", ")))
		}
	}
	s.secret = f.Secret
	told, err := s.holdings(ctx)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	var leftOut []string
	f.Accounts, leftOut = s.list(told.Accounts)
	f.Until = told.Item.until()
	if len(f.Accounts) == 0 {
		s.remove(ctx, f.Secret.Access)
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.NeedsUser, "%s", say(s.call.Language, textNoAccounts))
	}
	if len(leftOut) > 0 {
		notes = append(notes, sayf(s.call.Language, textLeftOut, strings.Join(leftOut, ", ")))
	}
	f.Stage = atAccounts
	return f.ask(sdk.Step{Kind: sdk.StepAccounts, Title: say(s.call.Language, textAccountsTitle), Accounts: f.Accounts,
		Text: strings.Join(append([]string{say(s.call.Language, textAccounts)}, notes...), "\n")})
}

// exchange makes an access token of a public one, and hands it to the host.
func (f *flow) exchange(ctx context.Context, s *session, taken found) error {
	var made struct {
		Access string `json:"access_token"`
		Item   string `json:"item_id"`
	}
	if _, err := s.write(ctx, "item/public_token/exchange", map[string]string{"public_token": taken.Public}, &made); err != nil {
		return err
	}
	first := sdk.DateOf(s.call.Now.UTC()).AddDays(-s.config.days)
	f.Secret = secret{Access: made.Access, Item: made.Item, Institution: or(taken.Institution.ID, f.ID), History: first.String(),
		Link: fingerprint(f.Link)}
	sealed, err := f.Secret.seal()
	if err == nil && s.call.SaveSecret != nil {
		err = s.call.SaveSecret(sealed)
	}
	if err != nil {
		s.remove(ctx, made.Access) // nobody would know it, and Plaid would bill it
		return sdk.Errorf(sdk.Internal, "%s", say(s.call.Language, textNotSaved))
	}
	return nil
}

// drop removes items that were connected besides, so that nobody pays for them, and
// names their banks.
func (s *session) drop(ctx context.Context, others []found) (names []string) {
	for _, one := range others {
		var made struct {
			Access string `json:"access_token"`
		}
		if _, err := s.write(ctx, "item/public_token/exchange", map[string]string{"public_token": one.Public}, &made); err != nil {
			slog.LogAttrs(ctx, slog.LevelWarn, "an item that was connected besides cannot be removed", slog.String("error", err.Error()))
			continue
		}
		s.remove(ctx, made.Access)
		names = append(names, tidy(or(one.Institution.Name, one.Institution.ID)))
	}
	return names
}

// remove removes an item of which nothing is kept; a failure is for the log.
func (s *session) remove(ctx context.Context, access string) {
	if _, err := s.write(context.WithoutCancel(ctx), "item/remove", map[string]string{"access_token": access}, &nothing{}); err != nil {
		slog.LogAttrs(ctx, slog.LevelWarn, "an item that is not used cannot be removed", slog.String("error", err.Error()))
	}
}

// renewed looks at the item after a visit in update mode: what became of the visit
// is told by nothing so well as by the item.
func (f flow) renewed(ctx context.Context, s *session) (sdk.ConnectAnswer, error) {
	s.secret = f.Secret
	told, err := s.holdings(ctx)
	broken := err
	if err == nil {
		broken = s.broken(told.Item)
	}
	switch sdk.KindOf(broken) {
	case "":
	case sdk.BadCredentials, sdk.ConsentExpired, sdk.NeedsUser:
		visits, err := s.visits(ctx, f.Link)
		if err != nil {
			return sdk.ConnectAnswer{}, err
		}
		return sdk.ConnectAnswer{}, leave(s.call.Language, textNothingRenewed, exit(visits))
	default:
		return sdk.ConnectAnswer{}, broken
	}
	f.Accounts, _ = s.list(told.Accounts)
	f.Until = told.Item.until()
	return f.done(nil)
}
