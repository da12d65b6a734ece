package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofClass;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofPassword;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.List;

/** Certificates and TLS of listeners; listener.name.<name>.ssl.* sets one listener. Nothing here has an effect. */
final class SslConfig {

    static final KeyGroup KEYS = KeyGroup.of(
            "TLS",
            "Certificates and TLS of listeners; listener.name.<name>.ssl.* sets one listener.",
            ofString("ssl.protocol", "TLSv1.3").perBroker().withoutEffect("TLS version to begin with."),
            ofString("ssl.provider", null).perBroker().withoutEffect("Java security provider of TLS."),
            ofList("ssl.enabled.protocols", List.of("TLSv1.2", "TLSv1.3"))
                    .perBroker()
                    .withoutEffect("TLS versions allowed."),
            ofList("ssl.cipher.suites", List.of())
                    .perBroker()
                    .withoutEffect("Cipher suites allowed; empty means the JDK's."),
            ofString("ssl.client.auth", "none")
                    .oneOf("required", "requested", "none")
                    .perBroker()
                    .withoutEffect("Whether clients must, may or need not show a certificate."),
            ofString("ssl.keystore.location", null)
                    .perBroker()
                    .withoutEffect("File with the broker's certificate and key."),
            ofPassword("ssl.keystore.password").perBroker().withoutEffect("Password of that file."),
            ofString("ssl.keystore.type", "JKS").perBroker().withoutEffect("Format of that file."),
            ofPassword("ssl.keystore.key").perBroker().withoutEffect("The broker's private key itself, in PEM."),
            ofPassword("ssl.keystore.certificate.chain")
                    .perBroker()
                    .withoutEffect("The broker's certificate chain itself, in PEM."),
            ofPassword("ssl.key.password").perBroker().withoutEffect("Password of the private key."),
            ofString("ssl.truststore.location", null).perBroker().withoutEffect("File with the trusted authorities."),
            ofPassword("ssl.truststore.password").perBroker().withoutEffect("Password of that file."),
            ofString("ssl.truststore.type", "JKS").perBroker().withoutEffect("Format of that file."),
            ofPassword("ssl.truststore.certificates")
                    .perBroker()
                    .withoutEffect("The trusted authorities themselves, in PEM."),
            ofString("ssl.keymanager.algorithm", "SunX509").perBroker().withoutEffect("Java's key manager algorithm."),
            ofString("ssl.trustmanager.algorithm", "PKIX").perBroker().withoutEffect("Java's trust manager algorithm."),
            ofString("ssl.endpoint.identification.algorithm", "https")
                    .perBroker()
                    .low()
                    .withoutEffect("How host names are checked against certificates; empty does not check."),
            ofString("ssl.secure.random.implementation", null)
                    .perBroker()
                    .low()
                    .withoutEffect("Java's source of randomness for TLS."),
            ofClass("ssl.engine.factory.class", null).perBroker().low().withoutEffect("Class that makes TLS engines."),
            ofString("ssl.principal.mapping.rules", "DEFAULT")
                    .low()
                    .withoutEffect("Rules from a certificate's name to a user name."),
            ofBoolean("ssl.allow.dn.changes", false)
                    .low()
                    .withoutEffect("Whether a certificate changed at run time may carry another name."),
            ofBoolean("ssl.allow.san.changes", false)
                    .low()
                    .withoutEffect("Whether a certificate changed at run time may drop alternative names."));

    private SslConfig() {}
}
