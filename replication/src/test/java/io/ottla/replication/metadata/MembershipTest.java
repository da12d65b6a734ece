package io.ottla.replication.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a broker makes of a controller that refuses its epoch. */
class MembershipTest {
    private final AtomicLong epoch = new AtomicLong(7);
    private final AtomicInteger ends = new AtomicInteger();
    private final Membership membership = new Membership(epoch::get);

    MembershipTest() {
        membership.onEnd(ends::incrementAndGet);
    }

    @Test
    void endsOnceWhenTheControllerRefusesTheEpochThatTheBrokerBelievesIn() {
        assertThat(membership.hasEnded()).isFalse();
        membership.onRefused(7);
        membership.onRefused(7);
        assertThat(membership.hasEnded()).isTrue();
        assertThat(ends).hasValue(1);
    }

    @Test
    void beginsAnewWithTheNextRegistration() {
        membership.onRefused(7);
        epoch.set(-1);
        assertThat(membership.hasEnded()).isFalse();
        epoch.set(9);
        assertThat(membership.hasEnded()).isFalse();
        membership.onRefused(9);
        assertThat(ends).hasValue(2);
    }

    @Test
    void doesNotEndForARequestOfAnEarlierRegistrationOrOfNone() {
        membership.onRefused(6);
        epoch.set(-1);
        membership.onRefused(-1);
        assertThat(membership.hasEnded()).isFalse();
        assertThat(ends).hasValue(0);
    }
}
