package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofClass;
import static io.ottla.broker.config.ConfigKey.ofDouble;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofPassword;
import static io.ottla.broker.config.ConfigKey.ofShort;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.List;

/** Logins; listener.name.<name>.<mechanism>.sasl.* sets one listener and mechanism. Nothing here has an effect. */
final class SaslConfig {

    static final KeyGroup KEYS = KeyGroup.of(
            "SASL",
            "Logins; listener.name.<name>.<mechanism>.sasl.* sets one listener and mechanism.",
            ofList("sasl.enabled.mechanisms", List.of("GSSAPI"))
                    .perBroker()
                    .withoutEffect("Mechanisms that clients may use."),
            ofString("sasl.mechanism.inter.broker.protocol", "GSSAPI")
                    .perBroker()
                    .withoutEffect("Mechanism that brokers use among themselves."),
            ofString("sasl.mechanism.controller.protocol", "GSSAPI")
                    .high()
                    .withoutEffect("Mechanism towards KRaft controllers."),
            ofPassword("sasl.jaas.config").perBroker().withoutEffect("JAAS login entry in one line."),
            ofClass("sasl.client.callback.handler.class", null).withoutEffect("Callback class of the client's side."),
            ofClass("sasl.login.callback.handler.class", null).withoutEffect("Callback class of a login."),
            ofClass("sasl.login.class", null).withoutEffect("Class of a login."),
            ofClass("sasl.server.callback.handler.class", null)
                    .withoutEffect("Callback class of the server's side, per listener and mechanism."),
            ofInt("sasl.server.max.receive.size", 524288)
                    .withoutEffect("Largest SASL message before a client is known."),
            ofString("sasl.kerberos.service.name", null)
                    .perBroker()
                    .withoutEffect("Service part of the broker's Kerberos principal."),
            ofString("sasl.kerberos.kinit.cmd", "/usr/bin/kinit").perBroker().withoutEffect("Path of kinit."),
            ofDouble("sasl.kerberos.ticket.renew.window.factor", 0.8)
                    .perBroker()
                    .withoutEffect("Share of a ticket's life after which it is renewed."),
            ofDouble("sasl.kerberos.ticket.renew.jitter", 0.05)
                    .perBroker()
                    .withoutEffect("Random share added to that."),
            ofLong("sasl.kerberos.min.time.before.relogin", 60000L)
                    .perBroker()
                    .withoutEffect("Shortest time in ms between two Kerberos logins."),
            ofList("sasl.kerberos.principal.to.local.rules", List.of("DEFAULT"))
                    .perBroker()
                    .withoutEffect("Rules from Kerberos principals to user names."),
            ofDouble("sasl.login.refresh.window.factor", 0.8)
                    .perBroker()
                    .withoutEffect("Share of a token's life after which it is refreshed."),
            ofDouble("sasl.login.refresh.window.jitter", 0.05).perBroker().withoutEffect("Random share added to that."),
            ofShort("sasl.login.refresh.min.period.seconds", 60)
                    .perBroker()
                    .withoutEffect("Shortest time before a token is refreshed."),
            ofShort("sasl.login.refresh.buffer.seconds", 300)
                    .perBroker()
                    .withoutEffect("Time before expiry that a refresh should keep free."),
            ofInt("sasl.login.connect.timeout.ms", null)
                    .low()
                    .withoutEffect("Connect time limit towards an OAuth provider."),
            ofInt("sasl.login.read.timeout.ms", null).low().withoutEffect("Read time limit towards an OAuth provider."),
            ofLong("sasl.login.retry.backoff.ms", 100L)
                    .low()
                    .withoutEffect("First pause between attempts towards an OAuth provider."),
            ofLong("sasl.login.retry.backoff.max.ms", 10000L)
                    .low()
                    .withoutEffect("Longest pause between attempts towards an OAuth provider."),
            ofString("sasl.oauthbearer.scope.claim.name", "scope").low().withoutEffect("Claim that carries the scope."),
            ofString("sasl.oauthbearer.sub.claim.name", "sub").low().withoutEffect("Claim that carries the subject."),
            ofString("sasl.oauthbearer.token.endpoint.url", null).withoutEffect("Address that issues tokens."),
            ofString("sasl.oauthbearer.jwks.endpoint.url", null).withoutEffect("Address of the keys that sign tokens."),
            ofLong("sasl.oauthbearer.jwks.endpoint.refresh.ms", 3600000L)
                    .low()
                    .withoutEffect("How long those keys are cached."),
            ofLong("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", 100L)
                    .low()
                    .withoutEffect("First pause between attempts to read those keys."),
            ofLong("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", 10000L)
                    .low()
                    .withoutEffect("Longest pause between attempts to read those keys."),
            ofInt("sasl.oauthbearer.clock.skew.seconds", 30)
                    .low()
                    .withoutEffect("Tolerated difference between clocks."),
            ofList("sasl.oauthbearer.expected.audience", null)
                    .low()
                    .withoutEffect("Audiences of which a token must name one."),
            ofString("sasl.oauthbearer.expected.issuer", null).low().withoutEffect("Issuer that a token must name."));

    private SaslConfig() {}
}
