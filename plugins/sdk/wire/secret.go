package wire

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/girosync/girosync/plugins/sdk"
)

// newSecret is the number of the field new_secret, in every answer.
const newSecret protoreflect.FieldNumber = 100

// putSecret adds a new secret to a message.
func putSecret(m proto.Message, secret []byte) {
	r := m.ProtoReflect()
	r.Set(r.Descriptor().Fields().ByNumber(newSecret), protoreflect.ValueOfBytes(secret))
}

// cutSecret takes the new secret out of a message, nil when there is none, and
// tells whether it came alone: with nothing else that this build knows.
func cutSecret(m proto.Message) (secret []byte, alone bool) {
	r := m.ProtoReflect()
	field := r.Descriptor().Fields().ByNumber(newSecret)
	if !r.Has(field) {
		return nil, false
	}
	secret = append([]byte{}, r.Get(field).Bytes()...)
	r.Clear(field)
	alone = true
	r.Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool {
		alone = false
		return false
	})
	return secret, alone
}

// secretAlone makes a message that holds a new secret and nothing else.
func secretAlone[M proto.Message](secret []byte) M {
	var kind M
	m := kind.ProtoReflect().Type().New().Interface()
	putSecret(m, secret)
	return m.(M)
}

// saveSecret makes a new secret durable at the caller.
func saveSecret(call sdk.Call, secret []byte) error {
	if call.SaveSecret == nil {
		return sdk.Errorf(sdk.Internal, "the provider sent a new secret, but the call gives no place to keep it")
	}
	if err := call.SaveSecret(secret); err != nil {
		return &sdk.Error{Kind: sdk.Internal, Message: "the connection's new secret could not be kept", Cause: err}
	}
	return nil
}
