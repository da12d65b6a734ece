/**
 * The configuration of a broker: every property is declared once, as a {@link io.ottla.broker.config.ConfigKey}, in the
 * typed class of its subsystem; parsing, checks, documentation and the answers of DescribeConfigs all derive from
 * that one declaration.
 *
 * <p>Values form layers, later ones winning: defaults, the properties file with its overrides, the cluster-wide dynamic
 * settings and this broker's own dynamic settings. A {@link io.ottla.broker.config.BrokerConfig} is one immutable result
 * of merging them; {@link io.ottla.broker.config.DynamicConfig} alone owns the reference to the current one.
 *
 * <p>This package knows neither sockets nor ZooKeeper nor threads; it reads one file and computes.
 */
@NullMarked
package io.ottla.broker.config;

import org.jspecify.annotations.NullMarked;
