package io.ottla.broker.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.message.HeartbeatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A peer that is somewhere, elsewhere, and nowhere. */
class RoutedChannelTest {
    private final AtomicReference<@Nullable String> address = new AtomicReference<>("a");
    private final List<FakePeer> opened = new ArrayList<>();
    private final RoutedChannel<String> channel = new RoutedChannel<>("the peer", address::get, where -> {
        FakePeer peer = new FakePeer();
        opened.add(peer);
        return peer;
    });

    @Test
    void keepsOneChannelWhileThePeerStays() {
        send();
        send();
        assertThat(opened).hasSize(1);
        assertThat(opened.get(0).received()).hasSize(2);
    }

    @Test
    void followsThePeerAndClosesTheWayToItsFormerAddress() {
        send();
        address.set("b");
        send();
        assertThat(opened).hasSize(2);
        assertThat(opened.get(0).isClosed()).isTrue();
        assertThat(opened.get(1).received()).hasSize(1);
    }

    @Test
    void failsWhileThePeerIsNowhere() {
        address.set(null);
        assertThatThrownBy(() -> channel.send(new HeartbeatRequest(), (short) 4).join())
                .hasCauseInstanceOf(PeerUnreachableException.class)
                .hasMessageContaining("the peer is not known to be alive");
        assertThat(opened).isEmpty();
    }

    @Test
    void keepsEveryChannelOpenOnceToldTo() {
        channel.keepOpen(() -> {});
        assertThat(opened.get(0).isKeptOpen()).isTrue();
        address.set("b");
        channel.refresh();
        assertThat(opened.get(1).isKeptOpen()).isTrue();
    }

    @Test
    void sendsNothingOnceClosed() {
        send();
        channel.close();
        assertThat(opened.get(0).isClosed()).isTrue();
        assertThatThrownBy(() -> channel.send(new HeartbeatRequest(), (short) 4).join())
                .hasCauseInstanceOf(PeerUnreachableException.class);
    }

    private void send() {
        var unused = channel.send(new HeartbeatRequest(), (short) 4);
    }
}
