package io.ottla.broker.handler.config;

import io.ottla.broker.config.ConfigListing;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step of an incremental change (KIP-339). */
record SettingOperation(Kind kind, String name, @Nullable String value) {
    /** What to do with the setting. The order is that of the numbers on the wire. */
    enum Kind {
        SET,
        DELETE,
        APPEND,
        SUBTRACT
    }

    /**
     * @throws ApiException INVALID_REQUEST if there is no such operation
     */
    static SettingOperation of(AlterableConfig wanted) {
        int number = wanted.configOperation();
        if (number < 0 || number >= Kind.values().length) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Unknown operation type " + number);
        }
        return new SettingOperation(Kind.values()[number], wanted.name(), wanted.value());
    }

    boolean lacksValue() {
        return value == null && kind != Kind.DELETE;
    }

    /**
     * Changes {@code settings}.
     *
     * @throws ApiException INVALID_CONFIG if a list operation is meant for something that is no list
     */
    void applyTo(Map<String, String> settings, ConfigListing listing) {
        String text = value == null ? "" : value;
        switch (kind) {
            case SET -> settings.put(name, text);
            case DELETE -> settings.remove(name);
            case APPEND -> {
                List<String> items = new ArrayList<>(items(settings, listing));
                items(text).stream().filter(item -> !items.contains(item)).forEach(items::add);
                settings.put(name, String.join(",", items));
            }
            case SUBTRACT -> {
                List<String> items = new ArrayList<>(items(settings, listing));
                items.removeAll(items(text));
                settings.put(name, String.join(",", items));
            }
        }
    }

    private List<String> items(Map<String, String> settings, ConfigListing listing) {
        ConfigListing.ListProperty property = listing.find(name);
        if (property == null) {
            throw new ApiException(ErrorCode.INVALID_CONFIG, "Unknown config name: " + name);
        }
        if (!property.isList()) {
            throw new ApiException(
                    ErrorCode.INVALID_CONFIG,
                    "Config value " + (kind == Kind.APPEND ? "append" : "subtract") + " is not allowed for config key: "
                            + name);
        }
        return items(settings.getOrDefault(name, property.defaultText()));
    }

    private static List<String> items(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
    }
}
