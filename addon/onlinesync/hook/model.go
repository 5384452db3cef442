package hook

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"net/url"
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/vault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Hooks are the addresses of all databases of a host.
type Hooks struct {
	Vault   *vault.Vault
	Notices *notice.Desk
}

// Part is what this room adds to a registry.
func (h *Hooks) Part() orm.Part { return orm.Part{Models: []orm.Model{h.hookModel(), delivery}} }

// The most that a database may have, and the longest address.
const (
	mostHooks  = 20
	longestURL = 2000
)

// hookModel is an address to which notices are posted.
func (h *Hooks) hookModel() orm.Model {
	return orm.Model{
		Name: record.Hooks, Label: "Webhook", Order: "name, id",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Char("url", "Address").Required().Help("https://… Notices are posted there."),
			schema.Many2one("company_id", "Company", "res.company").Help("Empty: the notices of all companies."),
			schema.Boolean("active", "Active").DefaultTo(true),
			schema.Boolean("has_secret", "Has a Secret").DependsOn().NotKept(),
			schema.Datetime("last_success", "Last Delivery").Readonly().NotCopied(),
			schema.Text("error_message", "Error").Readonly().NotCopied(),
			schema.Char("uuid", "UUID").Secret().NotCopied(),
			schema.Text("secret", "Secret").Secret().NotCopied(),
		},
		Bound: orm.Bound{
			Access:      orm.Access{base.GroupSystem: orm.Change},
			Rules:       []orm.Rule{base.CompanyRule("Webhook: company")},
			Computes:    []orm.Compute{{Fields: []string{"has_secret"}, Do: hasSecret}},
			Constraints: []orm.Constraint{{Fields: []string{"url"}, Check: check}},
			Methods: orm.Methods{
				"action_new_secret": {Needs: orm.Write, Do: h.newSecret, Doc: "Makes a secret for one webhook, in place of the one " +
					"that it had, and answers {\"secret\": text}. It is shown only now. Without one nothing is posted."},
				"action_test": {Needs: orm.Write, Do: test, Doc: "Posts a message of the type \"test\" soon. Answers " +
					"the delivery's id."},
			},
		},
	}
}

func hasSecret(env *orm.Env, batch *orm.Batch) error {
	rows, err := env.Sudo().Read(record.Hooks, batch.IDs(), "secret")
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		if row, ok := rows.ByID(batch.ID(i)); ok {
			batch.Set(i, "has_secret", row.IsSet("secret"))
		}
	}
	return nil
}

// check refuses addresses that are none, and more of them than there may be.
func check(env *orm.Env, ids []int64) error {
	rows, err := env.Sudo().Read(record.Hooks, ids, "url")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if !addressed(row.Str("url")) {
			return fault.Say(fault.Invalid, "hook.url", nil)
		}
	}
	n, err := env.Sudo().With(orm.Context{"active_test": false}).Count(record.Hooks, nil, mostHooks+1)
	if err == nil && n > mostHooks {
		err = fault.Say(fault.Invalid, "hook.many", fault.Args{"most": mostHooks})
	}
	return err
}

// addressed reports whether a text is an address that may be posted to: https, or
// http on this machine itself, which the host has to allow besides.
func addressed(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > longestURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" ||
		strings.ContainsAny(text, " \t\r\n") {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}

// mark begins a secret, as Standard Webhooks has it.
const mark = "whsec_"

func (h *Hooks) newSecret(env *orm.Env, call *orm.Call) (any, error) {
	id, err := call.One()
	if err != nil {
		return nil, err
	}
	if err := env.CheckRules(record.Hooks, []int64{id}, orm.Write); err != nil {
		return nil, err
	}
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	name := token()
	sealed, err := h.Vault.Seal(env.Sudo(), name, raw[:])
	if err != nil {
		return nil, err
	}
	if err := env.Sudo().Write(record.Hooks, []int64{id}, orm.Values{"uuid": name, "secret": sealed}); err != nil {
		return nil, err
	}
	return map[string]any{"secret": mark + base64.StdEncoding.EncodeToString(raw[:])}, nil
}

// token is a name that nothing else has.
func token() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// Restored keeps a copy of a database from posting what its original posts.
func Restored(env *orm.Env, copied bool) error {
	if !copied {
		return nil
	}
	ids, err := env.Search(record.Hooks, nil, orm.SearchOptions{Archived: true})
	if err != nil {
		return err
	}
	if err := env.Write(record.Hooks, ids, orm.Values{"active": false}); err != nil {
		return err
	}
	waiting, err := env.Search(record.HookDeliveries, domain.Where("state", domain.Eq, Outgoing), orm.SearchOptions{})
	if err != nil {
		return err
	}
	return env.Write(record.HookDeliveries, waiting, orm.Values{"state": Failed})
}
