// Package sdktest is the conformance suite for authors of providers: [Run] in
// a test, [Check] anywhere else.
//
//	func TestConformance(t *testing.T) {
//		sdktest.Run(t, sdktest.Suite{
//			New:         func() sdk.Provider { return demo.New() },
//			Institution: "demo-checking",
//			Answers:     map[string]string{"user": "ann", "password": "ann"},
//		})
//	}
//
// It connects, lists accounts and fetches, once in process and once over the
// wire, and holds every answer against the contract in plugins/sdk. It makes
// further connections, begins the provider anew, moves the clock on and gives
// what is wrong; its flows must therefore be able to be made more than once. It
// knows no provider and judges no bank's data, only their form.
package sdktest
