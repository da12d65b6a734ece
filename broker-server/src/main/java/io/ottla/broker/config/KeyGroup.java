package io.ottla.broker.config;

import java.util.List;

/** The properties of one subsystem under the heading they have in the documentation. */
record KeyGroup(String title, String introduction, List<ConfigKey<?>> keys) {
    static KeyGroup of(String title, String introduction, ConfigKey<?>... keys) {
        return new KeyGroup(title, introduction, List.of(keys));
    }
}
