package connect

import (
	"bytes"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/consent"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// grace is how long after its flow's end an unfinished consent is left alone.
const grace = time.Minute

// hold notes the consent that a flow has brought before anything else is done with
// it: unless a connection takes it, it is ended, whatever becomes of the flow.
func (c *Connections) hold(env *orm.Env, f *liveFlow) error {
	f.withLinkUUID()
	if len(f.done.Secret) == 0 {
		return nil
	}
	err := env.Within(orm.TxWrite, func(env *orm.Env) error {
		env = env.Sudo()
		sealed, err := c.Vault.Seal(env, f.linkUUID, f.done.Secret)
		if err != nil {
			return err
		}
		f.held, err = c.Ender.Hold(env, consent.Held{Provider: f.provider, UUID: f.linkUUID, Secret: sealed,
			ExternalID: record.Tidy(f.done.ExternalID), Due: env.Now().Add(c.FlowLifetime + grace)})
		return err
	})
	if err != nil {
		c.Ender.EndUnkept(env.Ctx(), f.provider, c.flowCall(env, f), f.done.Secret)
	}
	return err
}

// holdUntil leaves a consent alone while its user may answer.
func (c *Connections) holdUntil(env *orm.Env, f *liveFlow, expires time.Time) error {
	if f.held == 0 {
		return nil
	}
	return env.Within(orm.TxWrite, func(env *orm.Env) error { return c.Ender.Postpone(env.Sudo(), f.held, expires.Add(grace)) })
}

// giveBack ends the consent of a flow that comes to nothing, unless a connection has
// it: some services give the same one again.
func (c *Connections) giveBack(env *orm.Env, f *liveFlow) error {
	held := f.held
	f.held = 0
	return c.Ender.End(env.Ctx(), env.Database(), held)
}

// replaces reports whether the consent that a flow brought takes the place of the one
// that its connection had, given by its secret and the provider's id. A provider that
// was told the old secret may go on with the same consent under another secret: only
// its id tells them apart.
func (f *liveFlow) replaces(external string, secret []byte) bool {
	fresh := record.Tidy(f.done.ExternalID)
	switch {
	case len(secret) == 0:
		return false
	case fresh != "" && external != "":
		return fresh != external
	}
	return f.renews && !bytes.Equal(secret, f.done.Secret)
}

// replace holds the consent that a renewed connection had until the new one has worked.
func (c *Connections) replace(env *orm.Env, f *liveFlow, old orm.Row) error {
	secret, err := c.Vault.Unseal(env, old.Str("uuid"), old.Str("secret"))
	if err != nil || !f.replaces(old.Str("external_id"), secret) {
		return lostIsNone(err)
	}
	_, err = c.Ender.Hold(env, consent.Held{Provider: f.provider, UUID: old.Str("uuid"), Secret: old.Str("secret"),
		ExternalID: old.Str("external_id"), Link: old.ID()})
	return err
}

// beginsAnew reports whether a renewal has no secret to give to its provider.
func beginsAnew(link *record.Link) bool { return link.SecretLost != nil || len(link.Secret) == 0 }

// told is the kind of the flow as its provider hears it: one that gets no secret
// begins anew, whatever the flow renews here.
func (f *liveFlow) told() sdk.FlowKind {
	if f.anew {
		return sdk.FlowConnect
	}
	return f.kind
}
