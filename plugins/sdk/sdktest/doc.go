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
// wire, and holds every answer against the contract in plugins/sdk. It knows
// no provider and judges no bank's data, only their form.
package sdktest
