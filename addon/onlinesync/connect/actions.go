package connect

import (
	"errors"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// fetchTransactions is the button Fetch Transactions: it queues a run and
// answers its id; a connection that is being synchronised answers that run's.
func (c *Connections) fetchTransactions(env *orm.Env, call *orm.Call) (any, error) {
	var last int64
	for _, link := range call.IDs {
		id, err := c.Queue.Add(env, run.Request{Link: link, Trigger: record.TriggerManual})
		if err != nil {
			return nil, err
		}
		last = id
	}
	return last, nil
}

// fetchAccounts is the button Fetch Accounts: it lists the accounts again and
// answers their ids, new ones included (S62).
func (c *Connections) fetchAccounts(env *orm.Env, call *orm.Call) (any, error) {
	out := []int64{}
	for _, id := range call.IDs {
		f, now, err := c.LinkToCall(env, id)
		if err != nil && !errors.Is(err, record.ErrSecretLost) {
			return nil, err
		}
		if err := env.Within(orm.TxRead, func(env *orm.Env) error { return c.MayAsk(env.Sudo(), f) }); err != nil {
			return nil, err
		}
		var list sdk.AccountList
		if err == nil {
			list, err = c.listAccounts(env, f, now)
		}
		if err != nil {
			failed := record.FailOf(f, c.Log, err)
			if err := env.Within(orm.TxWrite, func(env *orm.Env) error { return c.MarkFailed(env.Sudo(), f, failed) }); err != nil {
				return nil, err
			}
			return nil, failed.AsFault(env.Context().Lang())
		}
		err = env.Within(orm.TxWrite, func(env *orm.Env) error {
			before, err := env.Sudo().SearchRead(record.Accounts, domain.Where("account_online_link_id", domain.Eq, id),
				[]string{"name", "gone"}, orm.SearchOptions{})
			if err != nil {
				return err
			}
			if err := noteNone(env.Sudo(), f, list); err != nil {
				return err
			}
			known, err := c.storeAccounts(env.Sudo(), id, *f, list.Accounts, false)
			if err == nil {
				err = tellAccounts(env.Sudo(), f, before, known)
			}
			for _, t := range list.Accounts {
				if id := known[t.ID]; id != 0 {
					out = append(out, id)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// noteNone keeps why the bank of a connection lists no account, and says it once.
func noteNone(env *orm.Env, f *record.Link, list sdk.AccountList) error {
	before, err := env.Read(record.Links, []int64{f.ID}, "no_accounts")
	if err != nil || before.Len() == 0 {
		return err
	}
	why := ""
	if len(list.Accounts) == 0 {
		why = record.NoneReason(list.Empty)
	}
	if why == before.At(0).Str("no_accounts") {
		return nil
	}
	if err := env.Write(record.Links, []int64{f.ID}, orm.Values{"no_accounts": record.OrNoText(why)}); err != nil || why == "" {
		return err
	}
	return tellNone(env, f.ID, record.WhyNone(f.Lang, list.Empty, f.Name, f.AccountKind))
}

func (c *Connections) listAccounts(env *orm.Env, f *record.Link, now time.Time) (sdk.AccountList, error) {
	p, _, err := c.Plugins.Open(env.Ctx(), f.Provider)
	if err != nil {
		return sdk.AccountList{}, err
	}
	ctx, cancel := c.Plugins.Limit(env.Ctx())
	defer cancel()
	return p.ListAccounts(ctx, sdk.ListAccountsRequest{Call: c.Vault.Call(ctx, env.Database(), f, now, record.Attended(env))})
}

// MayAsk refuses to ask a bank that said until when it wants to be left alone.
func (c *Connections) MayAsk(env *orm.Env, f *record.Link) error {
	alone, err := run.LeftAlone(env, f, true)
	if err == nil && alone {
		until := f.RefreshAllowed.UTC().Format("2006-01-02 15:04 MST")
		err = fault.Say(fault.Unavailable, "sync.left_alone", fault.Args{"until": until})
	}
	return err
}

// LinkToCall reads a connection that a method without transaction will call
// the provider about, after checking that the user may. It returns it also with
// the error that it is a legacy one, or that its secret is lost.
func (c *Connections) LinkToCall(env *orm.Env, id int64) (*record.Link, time.Time, error) {
	var f *record.Link
	err := env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		if err := env.CheckRules(record.Links, []int64{id}, orm.Write); err != nil {
			return err
		}
		f, err = c.Vault.Link(env.Sudo(), id)
		return err
	})
	switch {
	case err != nil:
	case f.Legacy:
		err = fault.Say(fault.User, "sync.legacy", nil)
	case f.SecretLost != nil:
		err = f.SecretLost
	}
	return f, env.Now(), err
}

// updateCredentials is the button Update Credentials; it answers a flow (S65).
func (c *Connections) updateCredentials(env *orm.Env, call *orm.Call) (any, error) {
	return c.renew(env, call, sdk.FlowUpdate)
}

// reconnect is the button Reconnect; it answers a flow (S33).
func (c *Connections) reconnect(env *orm.Env, call *orm.Call) (any, error) {
	return c.renew(env, call, sdk.FlowReconnect)
}

func (c *Connections) renew(env *orm.Env, call *orm.Call, kind sdk.FlowKind) (any, error) {
	link, err := call.One()
	if err != nil {
		return nil, err
	}
	return c.start(env, startRequest{kind: kind, link: link})
}

// unlinkLinks ends the consent at the provider, then deletes the connection.
// What was imported stays, and so does the identity of the accounts.
func (c *Connections) unlinkLinks(env *orm.Env, call *orm.Call) (any, error) {
	err := env.Within(orm.TxRead, func(env *orm.Env) error { return env.CheckRules(record.Links, call.IDs, orm.Unlink) })
	if err != nil {
		return nil, err
	}
	for _, id := range call.IDs {
		f, now, err := c.LinkToCall(env, id)
		lost := errors.Is(err, record.ErrSecretLost)
		if lost || fault.Is(err, fault.User) {
			err = nil // a legacy connection has nothing to revoke, and for a lost secret nothing can be
		}
		if err != nil {
			return nil, err
		}
		shared, err := c.isShared(env, f)
		if err != nil {
			return nil, err
		}
		if !f.Legacy && f.Secret != nil && !shared {
			if err := c.revoke(env, f, now); err != nil {
				failed := record.Fail(c.Log, err, "revoke link", id, "provider", f.Provider)
				return nil, fault.WithReference(fault.Say(fault.Unavailable, "sync.revoke_failed",
					fault.Args{"detail": failed.Words(env.Context().Lang())}), failed.Reference)
			}
		}
		c.Points.Hit("unlink.revoked")
		err = env.Within(orm.TxWrite, func(env *orm.Env) error {
			bereft, err := promote(env.Sudo(), id)
			if err != nil {
				return err
			}
			fed, err := env.Sudo().Search(record.Journals, domain.Where("account_online_account_id", domain.In, record.IDs(bereft)),
				orm.SearchOptions{Archived: true})
			if err != nil {
				return err
			}
			if err := env.Sudo().Write(record.Journals, fed, orm.Values{"bank_statements_source": "undefined"}); err != nil {
				return err
			}
			if lost {
				if err := c.tellNotRevoked(env.Sudo(), f, fed); err != nil {
					return err
				}
			}
			c.renamed(env, f.Provider, id, f.ExternalID, "")
			if err := tellDeleted(env, f); err != nil {
				return err
			}
			return env.Unlink(record.Links, []int64{id})
		})
		if err != nil {
			return nil, err
		}
	}
	return true, nil
}

// tellDeleted tells who ended a connection.
func tellDeleted(env *orm.Env, f *record.Link) error {
	names, err := env.Sudo().DisplayNames("res.users", []int64{env.UID()})
	if err != nil {
		return err
	}
	return notice.Tell(env, notice.Notice{Kind: notice.Disconnected, Story: notice.Deleted, Link: f.ID, Company: f.Company,
		Connection: f.Name, Args: fault.Args{"who": names[env.UID()]}})
}

// tellNotRevoked says, where the deleted connection brought transactions, that
// the bank still knows of the consent.
func (c *Connections) tellNotRevoked(env *orm.Env, f *record.Link, fed []int64) error {
	c.Log.Warn("connection deleted without revocation", "link", f.ID, "provider", f.Provider, "error", f.SecretLost)
	for _, journal := range fed {
		text := record.Say(env, "sync.not_revoked", fault.Args{"connection": f.Name})
		if _, err := mail.Post(env, record.Journals, journal, text, mail.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// isShared reports whether other connections have the consent of one, too: it ends with
// the last of them.
func (c *Connections) isShared(env *orm.Env, f *record.Link) (shared bool, err error) {
	if len(f.Secret) == 0 {
		return false, nil
	}
	err = env.Within(orm.TxRead, func(env *orm.Env) error {
		others, err := c.Ender.Sharing(env.Sudo(), f.Provider, f.ExternalID, f.Secret, f.ID)
		shared = len(others) > 0
		return err
	})
	return shared, err
}

func (c *Connections) revoke(env *orm.Env, f *record.Link, now time.Time) error {
	p, _, err := c.Plugins.Open(env.Ctx(), f.Provider)
	if err != nil {
		return err
	}
	revoker, ok := sdk.As[sdk.Revoker](p)
	if !ok {
		return nil
	}
	ctx, cancel := c.Plugins.Limit(env.Ctx())
	defer cancel()
	err = revoker.Revoke(ctx, c.Vault.Call(ctx, env.Database(), f, now, record.Attended(env)))
	if sdk.KindOf(err) == sdk.NotSupported {
		return nil
	}
	return err
}
