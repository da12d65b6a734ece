package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofClass;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofPassword;
import static io.ottla.broker.config.ConfigKey.ofString;

/** Authorization, principals, secrets and delegation tokens. Nothing here has an effect. */
final class SecurityConfig {

    static final KeyGroup KEYS = KeyGroup.of(
            "Security",
            "Authorization, principals, secrets and delegation tokens.",
            ofString("authorizer.class.name", "")
                    .low()
                    .withoutEffect("Class that decides who may do what; empty allows everything."),
            ofClass(
                            "principal.builder.class",
                            "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder")
                    .perBroker()
                    .withoutEffect("Class that names the user of a connection."),
            ofString("security.providers", null).low().withoutEffect("Additional Java security providers."),
            ofLong("connections.max.reauth.ms", 0L)
                    .withoutEffect("SASL clients must log in anew after this long; 0 never."),
            ofPassword("delegation.token.master.key").withoutEffect("Older name of delegation.token.secret.key."),
            ofPassword("delegation.token.secret.key").withoutEffect("Secret that signs delegation tokens."),
            ofLong("delegation.token.expiry.time.ms", 86400000L)
                    .atLeast(1)
                    .withoutEffect("Validity of a token until it is renewed."),
            ofLong("delegation.token.max.lifetime.ms", 604800000L)
                    .atLeast(1)
                    .withoutEffect("Validity of a token however often it is renewed."),
            ofLong("delegation.token.expiry.check.interval.ms", 3600000L)
                    .atLeast(1)
                    .low()
                    .withoutEffect("How often tokens are looked at for expiry."),
            ofPassword("password.encoder.secret").withoutEffect("Secret that encrypts passwords stored in ZooKeeper."),
            ofPassword("password.encoder.old.secret")
                    .withoutEffect("Previous secret, while passwords are encrypted anew."),
            ofString("password.encoder.cipher.algorithm", "AES/CBC/PKCS5Padding")
                    .low()
                    .withoutEffect("Cipher of stored passwords."),
            ofString("password.encoder.keyfactory.algorithm", null)
                    .low()
                    .withoutEffect("Key derivation of stored passwords."),
            ofInt("password.encoder.key.length", 128)
                    .atLeast(8)
                    .low()
                    .withoutEffect("Key length of stored passwords in bits."),
            ofInt("password.encoder.iterations", 4096)
                    .atLeast(1024)
                    .low()
                    .withoutEffect("Rounds of key derivation of stored passwords."),
            ofString("super.users", null)
                    .from(ConfigKey.Origin.KAFKA_PLUGIN)
                    .withoutEffect("Users that no access rule binds."),
            ofBoolean("allow.everyone.if.no.acl.found", false)
                    .from(ConfigKey.Origin.KAFKA_PLUGIN)
                    .withoutEffect("Whether a resource without access rules is open to everyone."));

    private SecurityConfig() {}
}
