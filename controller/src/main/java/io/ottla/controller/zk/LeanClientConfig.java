package io.ottla.controller.zk;

import org.apache.zookeeper.client.ZKClientConfig;

/**
 * The client's configuration from system properties, without loading the JDK's whole TLS engine and its trust store when
 * TLS is not asked for: that would take longer than connecting.
 */
final class LeanClientConfig extends ZKClientConfig {

    @Override
    protected void handleBackwardCompatibility() {
        if (Boolean.getBoolean(SECURE_CLIENT)) {
            super.handleBackwardCompatibility();
            return;
        }
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("zookeeper.") || name.equals(JUTE_MAXBUFFER)) {
                setProperty(name, System.getProperty(name));
            }
        }
    }
}
