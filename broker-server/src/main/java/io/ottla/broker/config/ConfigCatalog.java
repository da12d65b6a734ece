package io.ottla.broker.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All declared properties. */
final class ConfigCatalog {
    /** Every subsystem's properties, in the order of the documentation. */
    static final List<KeyGroup> GROUPS = List.of(
            IdentityConfig.KEYS,
            ListenerConfig.KEYS,
            ZooKeeperConfig.KEYS,
            NetworkConfig.KEYS,
            FetchConfig.KEYS,
            TopicDefaults.KEYS,
            LogDefaults.KEYS,
            StorageConfig.KEYS,
            ReplicationConfig.KEYS,
            ControllerConfig.KEYS,
            GroupConfig.KEYS,
            ConsumerGroupConfig.KEYS,
            ShareGroupConfig.KEYS,
            TransactionConfig.KEYS,
            SecurityConfig.KEYS,
            SslConfig.KEYS,
            SaslConfig.KEYS,
            QuotaConfig.KEYS,
            MetricsConfig.KEYS,
            TieredStorageConfig.KEYS,
            KraftConfig.KEYS);

    /** Keys that a listener may set per SASL mechanism, as {@code listener.name.<listener>.<mechanism>.<key>}. */
    private static final List<String> PER_MECHANISM = List.of(
            "sasl.jaas.config",
            "sasl.login.callback.handler.class",
            "sasl.login.class",
            "sasl.server.callback.handler.class",
            "connections.max.reauth.ms");

    private static final Pattern LISTENER_OVERRIDE = Pattern.compile("listener\\.name\\.[^.]+\\.(.+)");
    private static final Map<String, ConfigKey<?>> BY_NAME = byName();

    private ConfigCatalog() {}

    private static Map<String, ConfigKey<?>> byName() {
        Map<String, ConfigKey<?>> keys = new LinkedHashMap<>(1024);
        for (KeyGroup group : GROUPS) {
            for (ConfigKey<?> key : group.keys()) {
                if (keys.put(key.name(), key) != null) {
                    throw new IllegalStateException(key.name() + " is declared twice");
                }
            }
        }
        return Collections.unmodifiableMap(keys);
    }

    /** All properties by name, in the order of the documentation. */
    static Map<String, ConfigKey<?>> all() {
        return BY_NAME;
    }

    /** The declaration behind a name, be it plain or {@code listener.name.<listener>.} and a plain one; else null. */
    static @Nullable ConfigKey<?> find(String name) {
        ConfigKey<?> key = BY_NAME.get(name);
        return key != null ? key : BY_NAME.get(baseName(name));
    }

    /** A listener's override without its prefix; any other name as it is. */
    static String baseName(String name) {
        Matcher override = LISTENER_OVERRIDE.matcher(name);
        if (!override.matches()) {
            return name;
        }
        String rest = override.group(1);
        for (String perMechanism : PER_MECHANISM) {
            if (rest.endsWith(perMechanism)) {
                return perMechanism;
            }
        }
        return rest;
    }

    static String listenerPrefix(String listenerName) {
        return "listener.name." + listenerName.toLowerCase(Locale.ROOT) + ".";
    }

    /** Whether a name belongs to a plug-in that reads its settings by prefix. */
    static boolean isPluginSetting(String name, ConfigValues values) {
        return name.startsWith(values.get(TieredStorageConfig.STORAGE_MANAGER_PREFIX))
                || name.startsWith(values.get(TieredStorageConfig.METADATA_MANAGER_PREFIX));
    }
}
