package io.ottla.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.network.ConnectionLimits.Limits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connections are refused beyond the limits, and counted out as they were counted in. */
class ConnectionLimitsTest {

    private final InetAddress here = address("127.0.0.1");
    private final InetAddress there = address("127.0.0.2");

    @Test
    void letsOtherBrokersInBeyondTheTotal() {
        ConnectionLimits limits = new ConnectionLimits(new Limits(1, 10, Map.of()));
        assertThat(limits.tryAdd(here, false)).isNull();
        assertThat(limits.tryAdd(here, false)).isEqualTo("max.connections 1 is reached");
        assertThat(limits.tryAdd(here, true)).isNull();
        assertThat(limits.connections()).isEqualTo(2);
    }

    @Test
    void countsEachAddressForItself() {
        ConnectionLimits limits = new ConnectionLimits(new Limits(10, 1, Map.of(there, 2)));
        assertThat(limits.tryAdd(here, false)).isNull();
        assertThat(limits.tryAdd(here, false)).contains("max.connections.per.ip 1");
        assertThat(limits.tryAdd(there, false)).isNull();
        assertThat(limits.tryAdd(there, false)).isNull();
        assertThat(limits.tryAdd(there, false)).contains("max.connections.per.ip 2");
        limits.remove(here);
        assertThat(limits.tryAdd(here, false)).isNull();
        assertThat(limits.connections()).isEqualTo(3);
    }

    @Test
    void appliesChangedLimitsToWhatComesNext() {
        ConnectionLimits limits = new ConnectionLimits(Limits.NONE);
        assertThat(limits.tryAdd(here, false)).isNull();
        limits.update(new Limits(1, 1, Map.of()));
        assertThat(limits.tryAdd(there, false)).isNotNull();
        limits.remove(here);
        assertThat(limits.tryAdd(there, false)).isNull();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
