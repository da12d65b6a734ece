package io.ottla.broker.config;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Checks dynamic settings of brokers before they are stored; errors are worded and numbered as Kafka's. */
public final class DynamicChange {
    private DynamicChange() {}

    /**
     * Checks all dynamic settings that a broker, or all brokers, would have after a change.
     *
     * @param perBroker whether they are for one broker instead of all
     * @throws ApiException INVALID_REQUEST if they cannot be stored
     */
    public static void check(Map<String, String> settings, boolean perBroker) {
        refuse(settings, DynamicChange::isFixed, "Cannot update these configs dynamically");
        refuse(
                settings,
                DynamicChange::needsListenerPrefix,
                "These security configs can be dynamically updated only per-listener using the listener prefix");
        settings.forEach(DynamicChange::checkValue);
        if (!perBroker) {
            refuse(
                    settings,
                    DynamicChange::isPerBroker,
                    "Cannot update these configs at default cluster level, broker id must be specified");
        }
    }

    private static void refuse(Map<String, String> settings, Predicate<String> isRefused, String why) {
        TreeSet<String> refused = new TreeSet<>(settings.keySet());
        refused.removeIf(isRefused.negate());
        if (!refused.isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, why + ": Set(" + String.join(", ", refused) + ")");
        }
    }

    private static boolean isFixed(String name) {
        ConfigKey<?> key = ConfigCatalog.find(name);
        return key != null && key.dynamicMode() == ConfigKey.DynamicMode.READ_ONLY;
    }

    private static boolean needsListenerPrefix(String name) {
        ConfigKey<?> key = ConfigCatalog.all().get(name);
        return key != null
                && key.dynamicMode() == ConfigKey.DynamicMode.PER_BROKER
                && (SslConfig.KEYS.keys().contains(key)
                        || SaslConfig.KEYS.keys().contains(key));
    }

    private static boolean isPerBroker(String name) {
        ConfigKey<?> key = ConfigCatalog.find(name);
        return key != null
                && (key.dynamicMode() == ConfigKey.DynamicMode.PER_BROKER || name.startsWith("listener.name."));
    }

    private static void checkValue(String name, String text) {
        ConfigKey<?> key = ConfigCatalog.find(name);
        try {
            if (key != null) {
                key.parse(text);
            } else if (ReplicationRates.NAMES.contains(name)) {
                Long.parseLong(text.trim());
            }
        } catch (NumberFormatException e) {
            throw invalid(name, text, "Not a number of type LONG");
        } catch (IllegalArgumentException e) {
            String shown = key != null && key.type() == ConfigType.PASSWORD ? ConfigType.HIDDEN : text;
            throw invalid(name, shown, String.valueOf(e.getMessage()));
        }
    }

    private static ApiException invalid(String name, String text, String reason) {
        return new ApiException(
                ErrorCode.INVALID_REQUEST, "Invalid value " + text + " for configuration " + name + ": " + reason);
    }
}
